import {
  type AccessTokenRule,
  type GrantFact,
  type GrantFactReading,
  readGrantFacts,
  readRequestedFacts,
  tokenHeader,
} from '@latchkey/oauth-providers';
import { hostOf, type IssuedTokens, OAuthError } from './oauth_error.ts';
import { failedFetch, type ProtocolIo, sendRequest } from './protocol_io.ts';
import type { TokenGrant } from './token_response.ts';

/** Sources of the facts of a new grant other than its token response. */
export interface GrantFactRequest {
  /** Facts that the provider definition describes. Their requests may get the access token. */
  readonly grantFacts: readonly GrantFact[];
  /** How the requests carry the access token. `undefined`: as in RFC 6750. */
  readonly accessToken?: AccessTokenRule | undefined;
  /** Names of facts without which API calls with the grant are not possible. */
  readonly needed: readonly string[];
  /** Parameters of the authorization response. */
  readonly callback: Readonly<Record<string, string>>;
}

/**
 * Adds the facts of the callback and of further requests to a new grant. No request is sent after a
 * value that the provider definition does not permit.
 * @throws OAuthError with the tokens of the grant: `grant_fact_refused` for a value that the
 * provider definition does not permit, `grant_fact_missing` for a missing fact or an empty list of
 * sites, and the errors of the requests
 */
export async function completeGrantFacts(
  grant: TokenGrant,
  { grantFacts, accessToken, needed, callback }: GrantFactRequest,
  io: ProtocolIo,
): Promise<TokenGrant> {
  if (grantFacts.length === 0) return grant;
  const issuedTokens = { accessToken: grant.accessToken, refreshToken: grant.refreshToken };
  const readings: GrantFactReading[] = [
    { facts: grant.facts ?? {}, refused: grant.refusedFacts ?? [] },
    readGrantFacts(grantFacts, 'callback', callback),
  ];
  ensurePermitted(readings, issuedTokens);
  const urls = new Set(grantFacts.flatMap(({ from, url }) => (from === 'request' ? url : [])));
  for (const url of urls) {
    if (url === undefined) continue;
    const { name, value } = tokenHeader(accessToken, `${grant.tokenType} ${grant.accessToken}`);
    const response = await requestFacts(url, { [name]: value }, { issuedTokens, io });
    readings.push(readRequestedFacts(grantFacts, url, response));
  }
  ensurePermitted(readings, issuedTokens);
  const facts = Object.assign({}, ...readings.map((reading) => reading.facts));
  const { sites, omittedSites } = readings.find((reading) => reading.sites !== undefined) ?? {};
  const named = new Set([...Object.keys(facts), ...Object.keys(sites?.[0]?.facts ?? {})]);
  const missing = needed.filter((name) => !named.has(name));
  if (missing.length > 0 || sites?.length === 0) {
    throw new OAuthError(
      'grant_fact_missing',
      'misconfigured',
      sites?.length === 0
        ? 'The authorization covers no site.'
        : `The provider did not name ${missing.join(', ')}.`,
      { issuedTokens },
    );
  }
  return { ...grant, facts, ...(sites === undefined ? {} : { sites, omittedSites }) };
}

function ensurePermitted(readings: readonly GrantFactReading[], issuedTokens: IssuedTokens): void {
  const refused = readings.flatMap((reading) => reading.refused);
  if (refused.length === 0) return;
  // The value is not shown: it may be chosen by an attacker.
  throw new OAuthError(
    'grant_fact_refused',
    'misconfigured',
    `The provider named a value of ${refused.join(', ')} that the provider definition does not permit.`,
    { issuedTokens },
  );
}

/**
 * Requests the facts that the provider definition describes with a URL.
 * @throws OAuthError with the issued tokens
 */
async function requestFacts(
  url: string,
  credentials: Readonly<Record<string, string>>,
  { issuedTokens, io }: { readonly issuedTokens: IssuedTokens; readonly io: ProtocolIo },
): Promise<unknown> {
  const headers = { ...credentials, accept: 'application/json' };
  try {
    const response = await sendRequest(io, url, { method: 'GET', headers });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    const isTransient = response.status === 429 || response.status >= 500;
    throw new OAuthError(
      isTransient ? 'provider_unavailable' : 'provider_error',
      isTransient ? 'transient' : 'misconfigured',
      `${hostOf(url)} did not name the facts of the grant (HTTP ${response.status}).`,
      { status: response.status, issuedTokens },
    );
  } catch (error) {
    // The message of the JSON parser is dropped, because it quotes the response.
    if (error instanceof SyntaxError)
      throw new OAuthError(
        'malformed_response',
        'transient',
        `${hostOf(url)} did not return JSON where the facts of the grant were expected.`,
        { issuedTokens },
      );
    const { code, kind, message, status } = failedFetch(error, url, 'sent');
    throw new OAuthError(code, kind, message, { status, issuedTokens });
  }
}
