import { earsEndpoint } from '../dialects/ears/endpoints.ts';
import { sendEarsRequest } from '../dialects/ears/json_request.ts';
import { sendStandardRevocation } from '../dialects/standard/revocation_request.ts';
import { OAuthError } from '../oauth_error.ts';
import { readAnswer } from '../responses/answer.ts';
import { impliedError, statedError } from '../responses/reported_error.ts';
import type { OAuthClientConfiguration, ProtocolIo, RevocationOutcome } from '../types.ts';
import { judgeRevocation, type RevocationVerdict } from './revocation_table.ts';

/** RFC 7009 §2.1. */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/** A token to end, without its type prefix. */
export interface TokenToRevoke {
  readonly token: string;
  readonly hint: TokenTypeHint;
}

/**
 * Asks the provider to end a token (RFC 7009, or EARS). Refresh and access token are revoked one call each.
 * Never throws: the outcome says whether another attempt makes sense.
 */
export async function revokeToken(
  client: OAuthClientConfiguration,
  { token, hint }: TokenToRevoke,
  io: ProtocolIo,
): Promise<RevocationOutcome> {
  if (client.dialect === 'standard' && client.revocationEndpoint === undefined) {
    return 'unsupported';
  }
  const first = await attempt(client, { token, hint }, io);
  if (first !== 'other_hint') return first;
  // EARS takes no hint, so a second call would be the same call.
  if (client.dialect === 'ears') return 'unsupported';
  const other = hint === 'refresh_token' ? 'access_token' : 'refresh_token';
  const second = await attempt(client, { token, hint: other }, io);
  return second === 'other_hint' ? 'unsupported' : second;
}

async function attempt(
  client: OAuthClientConfiguration,
  { token, hint }: TokenToRevoke,
  io: ProtocolIo,
): Promise<RevocationVerdict> {
  try {
    const answer =
      client.dialect === 'ears'
        ? await readAnswer(
            earsEndpoint(client, 'revoke'),
            await sendEarsRequest(client, { operation: 'revoke', body: { token } }, io),
          )
        : await readAnswer(
            client.revocationEndpoint ?? '',
            await sendStandardRevocation(client, { token, hint }, io),
          );
    const { status, body } = answer;
    // `code` in the body of a success may be `0` or `success`, so only an explicit error counts
    // there.
    const isSuccess = status >= 200 && status < 300;
    const reported = statedError(body) ?? (isSuccess ? undefined : impliedError(body, []));
    return judgeRevocation(status, reported?.error);
  } catch (error) {
    // The outcome is the report: whoever called decides about a retry and logs it. Of all that is thrown only a redirect is an answer of the provider; the
    // rest passes, or is put right by whoever set this server up (a host that is not allowed, a certificate that is missing).
    const isAnswer = error instanceof OAuthError && error.code === 'redirected';
    return isAnswer ? 'failed_permanent' : 'failed_transient';
  }
}
