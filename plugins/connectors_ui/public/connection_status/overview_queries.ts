import { getOverview, isFailedPart } from '@latchkey/actions-plugin/common';
import { type HttpClient, isRefetch, type ResponseBody } from '@latchkey/core/public';
import { queryOptions } from '@tanstack/react-query';
import { type Connection, toConnection } from './connection.ts';

type Body = ResponseBody<typeof getOverview>;
type Complete<T> = Exclude<T, { readonly error: { readonly code: string } }>;

/** A connector with the user's connection, as the overview contains it. */
export type OverviewConnector =
  Complete<Body['connectors']> extends readonly (infer C)[] ? C : never;
/** A connector type in the overview. */
export type OverviewType = Complete<Body['types']> extends readonly (infer T)[] ? T : never;
/** A connector whose connection requires an action of the user. The most urgent one comes first. */
export type AttentionItem = Complete<Body['attention']> extends readonly (infer A)[] ? A : never;

/** The data about connectors that pages show. A member is `undefined` when it could not be read. */
export interface Overview {
  readonly connectors: readonly OverviewConnector[] | undefined;
  /** `true`: the user may not, or no longer, read the connectors of the space. */
  readonly isForbidden?: boolean;
  /** Connector types by their id. `undefined`: they are not loaded yet. */
  readonly types: ReadonlyMap<string, OverviewType> | undefined;
  /** The user's connections, by connector id. */
  readonly connections: ReadonlyMap<string, Connection> | undefined;
  /** Privileges of `actions` that the user has in this space. */
  readonly capabilities: readonly string[] | undefined;
  readonly attention: readonly AttentionItem[] | undefined;
}

/** Milliseconds between two requests while the page is visible. */
const POLL_MS = 30_000;

/** Keys of the queries about the user's connections. */
export const connectionKeys = {
  all: ['connectorsUi', 'connections'] as const,
  overview: () => [...connectionKeys.all, 'overview'] as const,
};

/**
 * Connectors, connector types and the user's connections. All pages and the header share this
 * query.
 */
export const overviewQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: connectionKeys.overview(),
    queryFn: async (context) => {
      const options = { signal: context.signal, isSystemRequest: isRefetch(context) };
      return toOverview(await http.call(getOverview, options));
    },
    meta: { isLocalized: true },
    staleTime: 2000,
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: true,
  });

function toOverview(body: Body): Overview {
  const { connectors, types, status, capabilities, attention } = body;
  return {
    connectors: complete(connectors),
    isForbidden: isFailedPart(connectors) && connectors.error.code === 'forbidden',
    types: byId(complete(types)),
    connections: connectionsOf(complete(status)),
    capabilities: complete(capabilities),
    attention: complete(attention),
  };
}

function complete<T extends object>(part: T): Complete<T> | undefined {
  return isFailedPart(part) ? undefined : (part as Complete<T>);
}

function byId(types: readonly OverviewType[] | undefined): Overview['types'] {
  return types && new Map(types.map((type) => [type.id, type]));
}

function connectionsOf(status: Complete<Body['status']> | undefined): Overview['connections'] {
  return status && new Map(Object.entries(status).map(([id, body]) => [id, toConnection(body)]));
}
