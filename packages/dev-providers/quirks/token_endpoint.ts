import type { ProviderEntry } from '@latchkey/oauth-providers';
import { type Exchange, sendJson } from '../http/index.ts';
import { challengeOf, type Grant, type IssuedTokens } from '../oauth/index.ts';
import { clientProblem } from './client_check.ts';
import { factsOfTokenResponse } from './grant_facts.ts';
import { jsonWith } from './json_path.ts';
import { fieldsOf, lifetimeOf, type QuirkOwner, type QuirkState } from './quirk_state.ts';

type Fields = Readonly<Record<string, unknown>>;
type ErrorName = 'invalidGrant' | 'invalidClient' | 'invalidRequest';

/** Error responses of RFC 6749 §5.2. */
const STANDARD = {
  invalidGrant: { status: 400, body: { error: 'invalid_grant' } },
  invalidClient: { status: 401, body: { error: 'invalid_client' } },
  invalidRequest: { status: 400, body: { error: 'invalid_request' } },
} as const;

/**
 * Serves the token endpoint (RFC 6749 §3.2). It accepts only requests in the form of the entry.
 * @param endpoint `refresh`: a provider may have a separate endpoint for refresh tokens
 */
export async function requestToken(
  state: QuirkState,
  exchange: Exchange,
  endpoint: 'token' | 'refresh',
): Promise<void> {
  const { token } = state.entry;
  const fields = fieldsOf(exchange, token.format);
  if (fields === undefined || exchange.method !== 'POST')
    return fail(state, exchange, 'invalidRequest');
  if (clientProblem(state, exchange, { fields, accepted: token.clientAuthentication }))
    return fail(state, exchange, 'invalidClient');
  // The comparison is strict: a number in a form is text, and a number in JSON is a number.
  const isComplete = Object.entries(token.fields).every(
    ([name, value]) => fields[name] === (token.format === 'json' ? value : String(value)),
  );
  if (!isComplete) return fail(state, exchange, 'invalidRequest');
  const isRefresh = fields['grant_type'] === 'refresh_token';
  const isSeparate = token.refreshUrl !== undefined && token.refreshUrl !== token.url;
  const isHere = isSeparate ? isRefresh === (endpoint === 'refresh') : endpoint === 'token';
  if (!isHere) return fail(state, exchange, 'invalidRequest');
  if (isRefresh) return refresh(state, exchange, fields);
  if (fields['grant_type'] === 'authorization_code') return exchangeCode(state, exchange, fields);
  return fail(state, exchange, 'invalidRequest');
}

async function exchangeCode(state: QuirkState, exchange: Exchange, fields: Fields): Promise<void> {
  const { codes, grants, entry } = state;
  const code = codes.take(String(fields['code']));
  const isVerified =
    code?.challenge === undefined ||
    challengeOf(String(fields['code_verifier'])) === code.challenge;
  if (code === undefined || code.redirectUri !== fields['redirect_uri'] || !isVerified) {
    sendJson(exchange, STANDARD.invalidGrant.status, STANDARD.invalidGrant.body);
    return;
  }
  const grant = grants.open(code.owner);
  const tokens = grants.issue(grant, { ...lifetimeOption(entry), offline: code.offline });
  succeed(state, exchange, { grant, tokens, isFirst: true });
}

async function refresh(state: QuirkState, exchange: Exchange, fields: Fields): Promise<void> {
  const { grants, client, entry } = state;
  const token = String(fields['refresh_token']);
  const refreshed = grants.refresh(token, client.id, lifetimeOption(entry));
  if (refreshed.result !== 'rotated') return fail(state, exchange, 'invalidGrant');
  succeed(state, exchange, { ...refreshed, isFirst: false });
}

const lifetimeOption = (entry: ProviderEntry) => {
  const lifetimeSeconds = lifetimeOf(entry);
  return lifetimeSeconds === undefined ? {} : { lifetimeSeconds };
};

function fail({ entry }: QuirkState, exchange: Exchange, name: ErrorName): void {
  const { status, body } = entry.failures.responses[name] ?? STANDARD[name];
  exchange.record.error = name;
  sendJson(exchange, status, body);
}

/** Sends tokens at the place that the entry names. After a refresh they are at the top level. */
async function succeed(
  state: QuirkState,
  exchange: Exchange,
  issued: {
    readonly grant: Grant<QuirkOwner>;
    readonly tokens: IssuedTokens;
    readonly isFirst: boolean;
  },
): Promise<void> {
  const { entry } = state;
  const { grant, tokens, isFirst } = issued;
  const { response, token } = entry;
  const nesting = isFirst ? (response.accessTokenPath ?? 'access_token') : 'access_token';
  const beside = nesting.slice(0, -'access_token'.length);
  const lifetime = lifetimeOf(entry);
  const values: Record<string, unknown> = {
    [nesting]: tokens.accessToken,
    [`${beside}token_type`]: response.tokenType === undefined ? 'bearer' : 'user',
    ...(tokens.refreshToken === undefined
      ? {}
      : { [`${beside}refresh_token`]: tokens.refreshToken }),
    ...(lifetime === undefined || state.omitsLifetime
      ? {}
      : expiryField(state, { beside, lifetime })),
    ...grantedScopes(entry, grant.scopes),
    ...(isFirst ? accountFields(entry, grant.account) : {}),
    ...factsOfTokenResponse(state, { isFirst }),
  };
  exchange.record.account = grant.account;
  const body = jsonWith(values);
  const { accept } = token.headers;
  if (accept === undefined || exchange.request.headers.accept === accept)
    return sendJson(exchange, 200, Object(body));
  // GitHub responds like this without `Accept: application/json`.
  exchange.response.writeHead(200, { 'content-type': 'application/x-www-form-urlencoded' });
  const entries = Object.entries(Object(body)).map(([name, value]) => [name, String(value)]);
  exchange.response.end(new URLSearchParams(Object.fromEntries(entries)).toString());
}

/** The expiry as the entry states it, or the lifetime. An instant in seconds is sent as text. */
function expiryField(
  { entry, now }: QuirkState,
  { beside, lifetime }: { readonly beside: string; readonly lifetime: number },
): Readonly<Record<string, unknown>> {
  const { expiresAt } = entry.response;
  if (expiresAt === undefined) return { [`${beside}expires_in`]: lifetime };
  const end = new Date(now().getTime() + lifetime * 1000);
  const values = {
    epoch_seconds: String(end.getTime() / 1000),
    epoch_ms: end.getTime(),
    iso_time: end.toISOString(),
  };
  return { [expiresAt.path]: values[expiresAt.format] };
}

function grantedScopes({ response, authorize }: ProviderEntry, scopes: readonly string[]) {
  if (!authorize.scope.isSupported) return {};
  const { scopesPath } = response;
  return scopesPath === undefined
    ? { scope: scopes.join(authorize.scope.separator) }
    : { [scopesPath]: scopes };
}

function accountFields({ account }: ProviderEntry, email: string) {
  if (account?.from !== 'token_response') return {};
  const { idPath, labelPath } = account;
  return {
    [idPath]: `id-of-${email}`,
    ...(labelPath === undefined ? {} : { [labelPath]: email }),
  };
}
