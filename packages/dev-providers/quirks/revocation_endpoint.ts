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
function standardToken({ client, entry }: QuirkState, exchange: Exchange): string | undefined {
  const fields = exchange.method === 'POST' ? fieldsOf(exchange, 'form') : undefined;
  if (fields === undefined) return undefined;
  const accepted = entry.token.clientAuthentication;
  if (clientProblem(client, exchange, { fields, accepted })) return undefined;
  return typeof fields['token'] === 'string' ? fields['token'] : undefined;
}

function describedToken(
  { client, entry }: QuirkState,
  exchange: Exchange,
  { method, authentication, format, fields: described }: NonNullable<ProviderRevocation['request']>,
): string | undefined {
  if (exchange.method !== method) return undefined;
  if (format === 'none' && exchange.body.length > 0) return undefined;
  if (authentication === 'token') return tokenOf({ entry }, exchange);
  const fields = format === 'none' ? {} : fieldsOf(exchange, format);
  if (fields === undefined) return undefined;
  if (clientProblem(client, exchange, { fields, accepted: [authentication] })) return undefined;
  const known = new Set([...Object.keys(described), 'client_id', 'client_secret']);
  if (Object.keys(fields).some((name) => !known.has(name))) return undefined;
  const name = Object.keys(described).find((one) => described[one] === '{token}');
  const token = name === undefined ? undefined : fields[name];
  return typeof token === 'string' ? token : undefined;
}
