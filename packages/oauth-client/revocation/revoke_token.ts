import { earsEndpoint } from '../dialects/ears/endpoints.ts';
import { sendEarsRequest } from '../dialects/ears/json_request.ts';
import { sendStandardRevocation } from '../dialects/standard/revocation_request.ts';
import { parseRetryAfter } from '../failures/retry_after.ts';
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

/** As for any call. `onRetryAfter` is told how long the provider wants no further request. */
export interface RevocationIo extends ProtocolIo {
  readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
}

/**
 * Asks the provider to end a token (RFC 7009, or EARS). Refresh and access token are revoked one call each.
 * Never throws: the outcome says whether another attempt makes sense.
 */
export async function revokeToken(
  client: OAuthClientConfiguration,
  { token, hint }: TokenToRevoke,
  io: RevocationIo,
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
  io: RevocationIo,
): Promise<RevocationVerdict> {
  try {
    const answer =
      client.dialect === 'ears'
        ? await readAnswer(
            earsEndpoint(client, 'revoke'),
            readableAsJson(
              await sendEarsRequest(client, { operation: 'revoke', body: { token } }, io),
            ),
          )
        : await readAnswer(
            client.revocationEndpoint ?? '',
            readableAsJson(await sendStandardRevocation(client, { token, hint }, io)),
          );
    const { status, body, retryAfter } = answer;
    // `code` in the body of a success may be `0` or `success`, so only an explicit error counts
    // there.
    const isSuccess = status >= 200 && status < 300;
    const reported = statedError(body) ?? (isSuccess ? undefined : impliedError(body, []));
    const verdict = judgeRevocation(status, reported?.error);
    const delayMs = parseRetryAfter(retryAfter, io.now());
    if (verdict === 'failed_transient' && delayMs !== undefined) io.onRetryAfter?.(delayMs);
    return verdict;
  } catch {
    // The caller retries and logs it. A redirect, a host that is not allowed and a missing
    // certificate are settings that an administrator may correct.
    return 'failed_transient';
  }
}

/**
 * Some providers label a JSON error as HTML. A page is still no error: RFC 7009 §2.2 ignores the
 * body of a success.
 */
function readableAsJson(response: Response): Response {
  const contentType = response.headers.get('content-type') ?? '';
  if (!response.ok || !contentType.toLowerCase().includes('html')) return response;
  const headers = new Headers(response.headers);
  headers.delete('content-type');
  return new Response(response.body, { status: response.status, headers });
}
