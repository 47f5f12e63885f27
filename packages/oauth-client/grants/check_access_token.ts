import { readAnswer } from '../responses/answer.ts';
import { statedError } from '../responses/reported_error.ts';
import type { ProtocolIo } from '../types.ts';

/** The provider's word about an access token. `unknown`: its response says neither. */
export type AccessTokenState = 'accepted' | 'rejected' | 'unknown';

/** Asks the userinfo endpoint if it accepts an access token. Never throws. */
export async function checkAccessToken(
  userinfoEndpoint: string,
  authorization: string,
  io: ProtocolIo,
): Promise<AccessTokenState> {
  try {
    const response = await io.fetch(userinfoEndpoint, {
      method: 'GET',
      headers: { authorization, accept: 'application/json' },
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
    const challenge = response.headers.get('www-authenticate') ?? '';
    const { status, body, isHtml } = await readAnswer(userinfoEndpoint, response);
    if (status === 401) return challenge.includes('insufficient_scope') ? 'unknown' : 'rejected';
    const isSuccess = status >= 200 && status < 300;
    // A login page, or an error under 200, says nothing about the token.
    return isSuccess && !isHtml && statedError(body) === undefined ? 'accepted' : 'unknown';
  } catch {
    return 'unknown';
  }
}
