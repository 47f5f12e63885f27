import { createHash, randomBytes } from 'node:crypto';
import { walkConsent } from './browser/index.ts';
import type { UserId } from './users.ts';

/** Callback URL at which the flows of these tests end. No server listens there. */
export const CALLBACK = 'http://127.0.0.1:9/api/actions/connector/_oauth_callback/test';

/** Tokens in the provider's field names. */
export interface WireTokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
  readonly token_type?: string;
  readonly [field: string]: unknown;
}

/**
 * A separate OAuth client, so that a test provider is checked against the protocol and not against
 * our other code.
 */
export interface TestClient {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly extra?: Readonly<Record<string, string>>;
}

/** A PKCE verifier with its challenge (RFC 7636 §4). */
export function aPkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/**
 * Returns the authorization URL of a client. `over` replaces parameters, or removes them with an
 * empty value.
 */
export function authorizationUrl(
  client: TestClient,
  challenge: string,
  over: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(client.authorizationEndpoint);
  const parameters = {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: CALLBACK,
    state: 'state-1',
    scope: client.scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...client.extra,
    ...over,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '') url.searchParams.set(name, value);
  }
  return url.toString();
}

/** Calls the token endpoint with the secret in the body. */
export const tokenCall = (
  client: TestClient,
  fields: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(client.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      ...fields,
    }),
  });

/** Sends a user through consent and returns the code with its verifier. */
export async function obtainCode(
  client: TestClient,
  as: UserId,
  over: Readonly<Record<string, string>> = {},
): Promise<{ code: string; verifier: string; callback: URL }> {
  const { verifier, challenge } = aPkcePair();
  const url = authorizationUrl(client, challenge, over);
  const callback = await walkConsent(url, { as, stopAtOrigin: CALLBACK });
  return { code: callback.searchParams.get('code') ?? '', verifier, callback };
}

/** Runs the whole flow and returns the tokens. */
export async function connect(client: TestClient, as: UserId): Promise<WireTokens> {
  const { code, verifier } = await obtainCode(client, as);
  const response = await tokenCall(client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  });
  if (!response.ok) throw new Error(`Token endpoint responded with status ${response.status}`);
  return (await response.json()) as WireTokens;
}

/** Calls an API with a token. */
export const callWith = (url: string, accessToken: string): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
