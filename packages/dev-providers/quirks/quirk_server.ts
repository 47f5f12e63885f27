import type { ApiSignal, ProviderEntry } from '@latchkey/oauth-providers';
import { type EmulatorControls, type Exchange, startEmulatorServer } from '../http/index.ts';
import { respondAsApi } from './api_endpoint.ts';
import { authorize } from './authorize_endpoint.ts';
import { respondWithFacts } from './grant_facts.ts';
import {
  type ApiBody,
  createQuirkState,
  type QuirkClient,
  type QuirkState,
} from './quirk_state.ts';
import { revoke } from './revocation_endpoint.ts';
import { requestToken } from './token_endpoint.ts';

/** Options of the quirk server. */
export interface QuirkServerOptions {
  /** Entry of the provider, with all placeholders resolved. */
  readonly entry: ProviderEntry;
  /** Port to listen on. Default: any free one. */
  readonly port?: number;
  /** Clock of the provider. Default: the machine's. */
  readonly now?: () => Date;
  /** `true`: token responses do not say when the access token expires. Default `false`. */
  readonly omitsLifetime?: boolean;
  /** Returns the body of a successful response of the API. Default: the account of the token. */
  readonly apiBody?: ApiBody;
}

/** A running quirk server. */
export interface QuirkServer extends EmulatorControls {
  readonly origin: string;
  readonly client: QuirkClient;
  /** Returns the address at this server for a URL of the provider, which may have several hosts. */
  addressOf(url: string): string;
  /** Makes the next request of the API fail in the format of the provider. */
  signalNext(signal: ApiSignal, options?: { readonly waitSeconds?: number }): void;
  /**
   * Ends all access tokens and keeps the refresh tokens.
   * @returns the number of tokens that were valid
   */
  expireAccessTokens(): number;
  /**
   * Sets grant facts of every later response. A list has one value for each site. A value may be
   * one that the entry does not permit.
   */
  nameFacts(facts: Readonly<Record<string, unknown>>): void;
  /** Returns the number of grants that have not ended. */
  liveGrants(): number;
}

/** The app that is registered at every quirk server. */
const CLIENT: QuirkClient = { id: 'quirk-client', secret: 'development-quirk-secret' };
/** The app at a server that does not decode HTTP Basic. Form encoding would change its secret. */
const RAW_CLIENT: QuirkClient = { id: 'quirk client', secret: 'development quirk+secret/%' };

/**
 * Starts an OAuth server that has the endpoints of one provider's entry and enforces the entry: a
 * wrong client authentication or body format, a missing parameter, field or header, and a used
 * refresh token are rejected as the provider rejects them. Every request with a valid access token
 * gets the account of the token.
 */
export async function startQuirkServer(options: QuirkServerOptions): Promise<QuirkServer> {
  const { entry, port = 0, now = () => new Date(), apiBody, omitsLifetime = false } = options;
  const client = entry.token.basicEncoding === 'none' ? RAW_CLIENT : CLIENT;
  const state = createQuirkState(entry, client, { now, omitsLifetime });
  const endpoints = endpointsOf(state);
  const hasSegments = entry.revocation?.request?.pathSegments !== undefined;
  const endpointAt = (path: string) =>
    endpoints.get(path) ??
    [...endpoints].find(
      ([base, { name }]) => hasSegments && name === 'revoke' && path.startsWith(`${base}/`),
    )?.[1];
  let planned: { readonly signal: ApiSignal; readonly waitSeconds: number } | undefined;
  const server = await startEmulatorServer({
    name: entry.name,
    port,
    now,
    endpointOf: (_method, path) => endpointAt(path)?.name ?? 'api',
    handle: async (exchange) => {
      const endpoint = endpointAt(exchange.url.pathname);
      if (endpoint !== undefined) return endpoint.handle(exchange);
      const { signal, waitSeconds = 1 } = planned ?? {};
      planned = undefined;
      respondAsApi(state, exchange, { signal, waitSeconds, now: now(), apiBody });
    },
  });
  const { origin, controls } = server;
  return {
    ...controls,
    origin,
    client,
    addressOf: (url) => {
      const { pathname, search } = new URL(url);
      return `${origin}${pathname}${search}`;
    },
    signalNext: (signal, { waitSeconds = 1 } = {}) => {
      planned = { signal, waitSeconds };
    },
    expireAccessTokens: () => state.grants.expireAccessTokens(),
    nameFacts: (facts) => {
      for (const [name, value] of Object.entries(facts)) state.facts.set(name, value);
    },
    liveGrants: () => state.grants.live().length,
  };
}

interface Endpoint {
  readonly name: string;
  readonly handle: (exchange: Exchange) => Promise<void> | void;
}

/** Returns the endpoints by path. All hosts of a provider share the paths of this server. */
function endpointsOf(state: QuirkState): ReadonlyMap<string, Endpoint> {
  const { authorize: authorization, token, revocation, grantFacts } = state.entry;
  const found: [string, Endpoint][] = [
    [authorization.url, { name: 'authorize', handle: (exchange) => authorize(state, exchange) }],
    [token.url, { name: 'token', handle: (exchange) => requestToken(state, exchange, 'token') }],
  ];
  if (token.refreshUrl !== undefined)
    found.push([
      token.refreshUrl,
      { name: 'refresh', handle: (exchange) => requestToken(state, exchange, 'refresh') },
    ]);
  for (const { url } of grantFacts) {
    if (url === undefined) continue;
    found.push([
      url,
      { name: 'facts', handle: (exchange) => respondWithFacts(state, exchange, url) },
    ]);
  }
  if (revocation !== undefined)
    found.push([
      revocation.url.replace('{client_id}', state.client.id),
      { name: 'revoke', handle: (exchange) => revoke(state, exchange, revocation) },
    ]);
  return new Map(found.map(([url, endpoint]) => [new URL(url).pathname, endpoint]));
}
