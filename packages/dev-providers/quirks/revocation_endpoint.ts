import type { ProviderRevocation } from '@latchkey/oauth-providers';
import { type Exchange, sendJson } from '../http/index.ts';
import { tokenOf } from './access_token.ts';
import { clientProblem } from './client_check.ts';
import { fieldsOf, type QuirkState } from './quirk_state.ts';

const REACH = { token: 'token', grant: 'grant', all_grants: 'account' } as const;

/** Serves the revocation endpoint of the entry. A request in another form is rejected. */
export async function revoke(
  state: QuirkState,
  exchange: Exchange,
  { request, tokens, ends, alreadyInvalid }: ProviderRevocation,
): Promise<void> {
  const token =
    request === undefined
      ? standardToken(state, exchange)
      : describedToken(state, exchange, request);
  if (token === undefined) return sendJson(exchange, 400, { error: 'invalid_request' });
  const known = state.grants.find(token);
  if (request?.authentication === 'token' && known?.isValid !== true)
    return sendJson(exchange, 401, { error: 'unauthorized' });
  if (known !== undefined && !tokens.includes(`${known.kind}_token`))
    return sendJson(exchange, 400, { error: 'unsupported_token_type' });
  const [refusal] = alreadyInvalid ?? [];
  if (refusal !== undefined && known?.isValid !== true)
    return sendJson(exchange, refusal, { message: 'Not Found' });
  state.grants.revoke(token, REACH[ends]);
  // RFC 7009 §2.2 requires 200 for an unknown token too, unless the entry differs.
  sendJson(exchange, 200, { ok: true });
}

/**
 * Returns the token of a standard request (RFC 7009 §2.1). `undefined`: the form or the client is
 * wrong.
 */
function standardToken(state: QuirkState, exchange: Exchange): string | undefined {
  const fields = exchange.method === 'POST' ? fieldsOf(exchange, 'form') : undefined;
  if (fields === undefined) return undefined;
  const accepted = state.entry.token.clientAuthentication;
  if (clientProblem(state, exchange, { fields, accepted })) return undefined;
  return typeof fields['token'] === 'string' ? fields['token'] : undefined;
}

function describedToken(
  state: QuirkState,
  exchange: Exchange,
  request: NonNullable<ProviderRevocation['request']>,
): string | undefined {
  const { method, authentication, format, fields: described, query = {} } = request;
  if (exchange.method !== method) return undefined;
  if (format === 'none' && exchange.body.length > 0) return undefined;
  const parameters = Object.fromEntries(exchange.url.searchParams);
  if (Object.keys(parameters).some((name) => !Object.hasOwn(query, name))) return undefined;
  if (authentication === 'token') return tokenOf(state, exchange);
  const fields = format === 'none' ? {} : fieldsOf(exchange, format);
  if (fields === undefined) return undefined;
  if (clientProblem(state, exchange, { fields, accepted: [authentication] })) return undefined;
  const known = new Set([...Object.keys(described), 'client_id', 'client_secret']);
  if (Object.keys(fields).some((name) => !known.has(name))) return undefined;
  const token =
    valueOfToken(described, fields) ??
    valueOfToken(query, parameters) ??
    tokenInPath(state, exchange, request);
  return typeof token === 'string' ? token : undefined;
}

/** Returns the value at the place of the token. `undefined`: it is not among the described ones. */
function valueOfToken(
  described: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, unknown>>,
): unknown {
  const name = Object.keys(described).find((one) => described[one] === '{token}');
  return name === undefined ? undefined : sent[name];
}

/** Returns the token in the segments after the path of the endpoint. */
function tokenInPath(
  { entry }: QuirkState,
  { url }: Exchange,
  { pathSegments = [] }: NonNullable<ProviderRevocation['request']>,
): string | undefined {
  const base = new URL(entry.revocation?.url ?? url).pathname;
  const sent = url.pathname.slice(base.length).split('/').slice(1).map(decodeURIComponent);
  const isDescribed =
    sent.length === pathSegments.length &&
    pathSegments.every((segment, index) => segment === '{token}' || segment === sent[index]);
  return isDescribed ? sent[pathSegments.indexOf('{token}')] : undefined;
}
