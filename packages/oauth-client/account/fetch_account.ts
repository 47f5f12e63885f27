import { accountAt, accountOfClaims } from '../responses/account.ts';
import { readAnswer } from '../responses/answer.ts';
import { statedError } from '../responses/reported_error.ts';
import type { ProtocolIo, StandardClient, TokenGrant } from '../types.ts';

/**
 * Asks the userinfo endpoint whose access token it is (OpenID Connect Core §5.3.1; other APIs by configured paths). Never throws: whatever goes wrong,
 * the account is unknown and the grant is as good as before.
 */
export async function fetchAccount(
  client: StandardClient,
  { tokenType, accessToken }: Pick<TokenGrant, 'tokenType' | 'accessToken'>,
  io: ProtocolIo,
): Promise<TokenGrant['account']> {
  const { userinfoEndpoint } = client;
  if (userinfoEndpoint === undefined) return undefined;
  try {
    const response = await io.fetch(userinfoEndpoint, {
      method: 'GET',
      headers: { authorization: `${tokenType} ${accessToken}`, accept: 'application/json' },
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
    const { status, body } = await readAnswer(userinfoEndpoint, response);
    if (status !== 200 || body === undefined || statedError(body) !== undefined) return undefined;
    return client.accountIdPath === undefined ? accountOfClaims(body) : accountAt(body, client);
  } catch {
    // Nobody has to act: people see no account name, which is what they see without this endpoint.
    return undefined;
  }
}
