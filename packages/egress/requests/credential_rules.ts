import { EgressError } from '../egress_error.ts';
import type { Target } from '../guard/index.ts';
import { type HeaderRecord, isSafeHeader } from '../transport/index.ts';
import type { ClientOptions, ConnectionTls } from '../types.ts';

/** {@link ClientOptions}, parsed. */
export interface CredentialRules {
  /** Origins that may receive credentials. `undefined`: every allowed host may receive them. */
  readonly credentialOrigins?: ReadonlySet<string> | undefined;
  /** Lower-case names of headers that are not sent to other origins. */
  readonly credentialHeaders: ReadonlySet<string>;
  readonly tls?: ConnectionTls | undefined;
}

const ANY_ORIGIN: CredentialRules = Object.freeze({ credentialHeaders: new Set<string>() });

/**
 * Parsed rules of options that are deeply frozen. Others are not cached: their owner could change
 * them later.
 */
const known = new WeakMap<ClientOptions, CredentialRules>();

/**
 * Parses the options of a client. Calls with the same deeply frozen options return the same rules.
 * @throws EgressError `invalid_url` for a credential origin that is not a URL
 */
export function credentialRulesOf(options: ClientOptions): CredentialRules {
  const { credentialOrigins, credentialHeaders = [], tls } = options;
  const isPlain = credentialOrigins === undefined && credentialHeaders.length === 0;
  if (isPlain && tls === undefined) return ANY_ORIGIN;
  const cached = known.get(options);
  if (cached !== undefined) return cached;
  const rules: CredentialRules = {
    credentialOrigins: credentialOrigins && toOrigins(credentialOrigins),
    credentialHeaders: new Set(credentialHeaders.map((name) => name.toLowerCase())),
    tls,
  };
  if (isFrozen(options)) known.set(options, rules);
  return rules;
}

/**
 * Rejects a request with headers that may contain credentials for an origin that must not receive
 * credentials.
 * @throws EgressError `credentials_not_allowed`
 */
export function guardCredentials(
  { credentialOrigins, credentialHeaders }: CredentialRules,
  { route }: Target,
  headers: HeaderRecord,
): void {
  if (credentialOrigins === undefined || credentialOrigins.has(route.realOrigin)) return;
  if (!carriesCredentials(headers, credentialHeaders)) return;
  throw new EgressError(
    'credentials_not_allowed',
    `the credentials of this connection must not be sent to host [${route.host}]`,
    route.host,
  );
}

/** Returns `true` if the request has a header that may contain a credential. */
function carriesCredentials(
  headers: HeaderRecord,
  credentialHeaders: ReadonlySet<string>,
): boolean {
  return Object.keys(headers).some((name) => {
    const lower = name.toLowerCase();
    if (credentialHeaders.has(lower)) return true;
    return !isSafeHeader(lower) && lower !== 'content-length';
  });
}

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

function toOrigins(origins: readonly string[]): ReadonlySet<string> {
  return new Set(
    origins.map((text) => {
      const origin = URL.parse(text)?.origin;
      if (origin === undefined || origin === 'null') {
        throw new EgressError(
          'invalid_url',
          `credentialOrigins: [${text}] is not a URL`,
          undefined,
        );
      }
      return origin;
    }),
  );
}
