import { accountAt, accountOfClaims } from '../responses/account.ts';
import { readAnswer } from '../responses/answer.ts';
import { statedError } from '../responses/reported_error.ts';
import type { AccountSource, ProtocolIo, TokenGrant } from '../types.ts';

/**
 * Asks the userinfo endpoint for the account of an access token (OpenID Connect Core §5.3.1; other
 * APIs by configured paths). Never throws: after a failure the account is unknown, and the grant
 * works nevertheless.
 */
export async function fetchAccount(
  source: AccountSource,
  { tokenType, accessToken }: Pick<TokenGrant, 'tokenType' | 'accessToken'>,
  io: ProtocolIo,
): Promise<TokenGrant['account']> {
  const { userinfoEndpoint } = source;
  if (userinfoEndpoint === undefined) return undefined;
  try {
    const response = await io.fetch(userinfoEndpoint, {
      method: 'GET',
      headers: { authorization: `${tokenType} ${accessToken}`, accept: 'application/json' },
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
    const { status, body } = await readAnswer(userinfoEndpoint, response);
    if (status !== 200 || body === undefined || statedError(body) !== undefined) return undefined;
    return source.accountIdPath === undefined ? accountOfClaims(body) : accountAt(body, source);
  } catch {
    // Nobody has to act: users see no account name, as without this endpoint.
    return undefined;
  }
}
