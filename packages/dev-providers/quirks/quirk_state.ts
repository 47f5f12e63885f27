import type { ProviderEntry } from '@latchkey/oauth-providers';
import type { Exchange } from '../http/index.ts';
import { type GrantOwner, Grants, OneTimeValues } from '../oauth/index.ts';

/** The account, the app and the scopes of a grant. */
export interface QuirkOwner extends GrantOwner {
  readonly scopes: readonly string[];
}

/** An authorization that waits for its code to be exchanged. */
interface QuirkCode {
  readonly owner: QuirkOwner;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  /** `true`: the app gets a refresh token. */
  readonly offline: boolean;
}

/** Creates the body of a response of the API. `path` is that of the URL, without the query. */
export type ApiBody = (request: { readonly path: string; readonly account: string }) => object;

/** The registered app of the server. */
export interface QuirkClient {
  readonly id: string;
  readonly secret: string;
}

/** Grants, codes and the app of one server, under the rules of one entry. */
export interface QuirkState {
  readonly entry: ProviderEntry;
  readonly client: QuirkClient;
  readonly codes: OneTimeValues<QuirkCode>;
  readonly grants: Grants<QuirkOwner>;
  /** `true`: token responses do not say when the access token expires. */
  readonly omitsLifetime: boolean;
  /** Values of grant facts by name, as the test has set them. For others, the entry decides. */
  readonly facts: Map<string, unknown>;
  /** Clock of the provider. */
  readonly now: () => Date;
}

/**
 * Creates the state of a server.
 * @param options.now clock of the provider
 */
export function createQuirkState(
  entry: ProviderEntry,
  client: QuirkClient,
  { now, omitsLifetime }: { readonly now: () => Date; readonly omitsLifetime: boolean },
): QuirkState {
  const { rotation, graceSeconds = 0, reuseEndsGrant = false } = entry.refreshToken ?? {};
  return {
    entry,
    client,
    omitsLifetime,
    facts: new Map(),
    now,
    codes: new OneTimeValues({ lifetimeMs: 600_000, now }),
    grants: new Grants({
      now,
      rotates: rotation === 'single_use',
      reissues: rotation === 'replaced',
      reuseGraceMs: graceSeconds * 1000,
      reuseEndsGrant,
    }),
  };
}

/**
 * Returns the lifetime of the access tokens of a provider in seconds. `undefined`: they do not
 * expire.
 */
export function lifetimeOf({ lifetime }: ProviderEntry): number | undefined {
  const { accessTokenSeconds, defaultSeconds } = lifetime;
  const seconds = accessTokenSeconds === undefined ? defaultSeconds : accessTokenSeconds;
  return seconds ?? undefined;
}

/** Returns the fields of a JSON or form body. `undefined`: the body has another format. */
export function fieldsOf(
  { request, body }: Exchange,
  format: 'form' | 'json',
): Readonly<Record<string, unknown>> | undefined {
  const type = request.headers['content-type'] ?? '';
  const text = body.toString('utf8');
  if (format === 'form') {
    if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
    return Object.fromEntries(new URLSearchParams(text));
  }
  if (!type.startsWith('application/json')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
