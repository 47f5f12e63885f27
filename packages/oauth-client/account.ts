import { tokenHeader } from '@latchkey/oauth-providers';
import { z } from 'zod';
import type { AccountSource } from './client.ts';
import { type JsonObject, readPath, readResponse, statedError } from './http_response.ts';
import { type ProtocolIo, sendRequest } from './protocol_io.ts';

/**
 * Account at the provider that a grant is for. No signature is checked, only TLS protects it. Use
 * it to compare and display accounts, never to authenticate a user.
 */
export interface Account {
  readonly id: string;
  /** Display name: e-mail address, user name or name; else the id. */
  readonly label: string;
}

/**
 * Source of an {@link Account}: the claims of an ID token, a configured path of the token response,
 * or the userinfo endpoint.
 */
export type AccountOrigin = 'id_token' | 'token_response' | 'userinfo';

const MAX_LABEL_LENGTH = 200;

const label = z
  .string()
  .transform((text) =>
    text
      .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .trim()
      .slice(0, MAX_LABEL_LENGTH),
  )
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined);

const accountId = z.union([z.string().min(1).max(255), z.number().transform(String)]);

/** OpenID Connect Core §2 and §5.1, only the claims that name a user. */
const claims = z.object({
  sub: accountId,
  email: label,
  preferred_username: label,
  name: label,
});

/** The account of a set of claims (OpenID Connect Core §5.1). `undefined`: no usable `sub`. */
export function accountOfClaims(value: unknown): Account | undefined {
  const parsed = claims.safeParse(value);
  if (!parsed.success) return undefined;
  const { sub, email, preferred_username: username, name } = parsed.data;
  return { id: sub, label: email ?? username ?? name ?? sub.slice(0, MAX_LABEL_LENGTH) };
}

/**
 * The account at the configured paths of a response, for a provider that follows no standard.
 * `undefined`: no path is configured, or no usable value is there.
 */
export function accountAt(
  body: JsonObject,
  { accountIdPath, accountLabelPath }: Pick<AccountSource, 'accountIdPath' | 'accountLabelPath'>,
): Account | undefined {
  if (accountIdPath === undefined) return undefined;
  const id = accountId.safeParse(readPath(body, accountIdPath));
  if (!id.success) return undefined;
  const named =
    accountLabelPath === undefined ? undefined : label.parse(readPath(body, accountLabelPath));
  return { id: id.data, label: named ?? id.data.slice(0, MAX_LABEL_LENGTH) };
}

/**
 * Requests the account of an access token from the userinfo endpoint (OpenID Connect Core §5.3.1),
 * or from another API by configured paths. Never throws: after a failure the account is unknown,
 * and the grant works without it.
 */
export async function fetchAccount(
  source: AccountSource,
  token: { readonly tokenType: string; readonly accessToken: string },
  io: ProtocolIo,
): Promise<Account | undefined> {
  const { userinfoEndpoint } = source;
  if (userinfoEndpoint === undefined) return undefined;
  try {
    const authorization = `${token.tokenType} ${token.accessToken}`;
    const response = await requestUserinfo({ ...source, userinfoEndpoint }, authorization, io);
    const { status, body } = await readResponse(userinfoEndpoint, response);
    if (status !== 200 || body === undefined || statedError(body) !== undefined) return undefined;
    return source.accountIdPath === undefined ? accountOfClaims(body) : accountAt(body, source);
  } catch {
    // Not an error: without an account name, a connection works as without this endpoint.
    return undefined;
  }
}

/** Result of {@link checkAccessToken}. `unknown`: the response does not tell. */
export type AccessTokenState = 'accepted' | 'rejected' | 'unknown';

/**
 * Asks the userinfo endpoint if it accepts an access token. Never throws.
 * @param authorization token type, a blank and the token
 */
export async function checkAccessToken(
  source: UserinfoSource,
  authorization: string,
  io: ProtocolIo,
): Promise<AccessTokenState> {
  const { userinfoEndpoint } = source;
  try {
    const response = await requestUserinfo(source, authorization, io);
    const challenge = response.headers.get('www-authenticate') ?? '';
    const { status, isSuccess, body, isHtml } = await readResponse(userinfoEndpoint, response);
    if (status === 401) return challenge.includes('insufficient_scope') ? 'unknown' : 'rejected';
    // The response does not tell if the token is valid when it is a login page, or states an error
    // with HTTP 200.
    return isSuccess && !isHtml && statedError(body) === undefined ? 'accepted' : 'unknown';
  } catch {
    return 'unknown';
  }
}

type UserinfoSource = AccountSource & { readonly userinfoEndpoint: string };

function requestUserinfo(
  { userinfoEndpoint, userinfoRequestJson: json, provider }: UserinfoSource,
  authorization: string,
  io: ProtocolIo,
): Promise<Response> {
  const { name, value } = tokenHeader(provider?.accessToken, authorization);
  const headers = { [name]: value, accept: 'application/json' };
  if (json === undefined) return sendRequest(io, userinfoEndpoint, { method: 'GET', headers });
  return sendRequest(io, userinfoEndpoint, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
}
