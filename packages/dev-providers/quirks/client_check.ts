import type { ProviderEntry } from '@latchkey/oauth-providers';
import type { Exchange } from '../http/index.ts';
import type { QuirkState } from './quirk_state.ts';

type Method = ProviderEntry['token']['clientAuthentication'][number];

/**
 * Returns `true` if a request does not authenticate the client by an accepted method, or uses more
 * than one method (RFC 6749 §2.3).
 */
export function clientProblem(
  { client, entry }: Pick<QuirkState, 'client' | 'entry'>,
  { request }: Exchange,
  {
    fields,
    accepted,
  }: { readonly fields: Readonly<Record<string, unknown>>; readonly accepted: readonly Method[] },
): boolean {
  const { authorization } = request.headers;
  const hasSecret = fields['client_secret'] !== undefined;
  if (authorization !== undefined && hasSecret) return true;
  if (authorization !== undefined) {
    const [id, secret] = [client.id, client.secret].map((text) =>
      entry.token.basicEncoding === 'none' ? text : formEncode(text),
    );
    const pair = Buffer.from(`${id}:${secret}`).toString('base64');
    return !accepted.includes('client_secret_basic') || authorization !== `Basic ${pair}`;
  }
  if (!accepted.includes(hasSecret ? 'client_secret_post' : 'none')) return true;
  const isSecret = !hasSecret || fields['client_secret'] === client.secret;
  return fields['client_id'] !== client.id || !isSecret;
}

const formEncode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
