import type { Exchange } from '../http/index.ts';
import type { QuirkState } from './quirk_state.ts';

/**
 * Returns the access token of a request, if it is in the header and after the word that the entry
 * names, and in no other place.
 */
export function tokenOf(
  { entry: { accessToken, response } }: Pick<QuirkState, 'entry'>,
  { request }: Exchange,
): string | undefined {
  const { header, scheme = response.tokenType ?? 'Bearer' } = accessToken;
  if (header !== 'authorization' && request.headers.authorization !== undefined) return undefined;
  const value = String(request.headers[header] ?? '');
  if (scheme === null) return value === '' || value.includes(' ') ? undefined : value;
  const [word, token, ...rest] = value.split(/ +/);
  const isScheme =
    scheme.toLowerCase() === 'bearer' ? word?.toLowerCase() === 'bearer' : word === scheme;
  return isScheme && rest.length === 0 ? token : undefined;
}
