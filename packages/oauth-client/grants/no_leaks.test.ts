import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anEarsClient, aStandardClient, fakeIo } from '../oauth_client.mock.ts';
import { OAuthError } from '../oauth_error.ts';
import { revokeToken } from '../revocation/revoke_token.ts';
import { exchangeCode } from './exchange_code.ts';
import { refreshGrant } from './refresh_grant.ts';

/** Long enough never to appear in fixed wording by chance. */
const secret = fc.stringMatching(/^[a-zA-Z0-9]{12,40}$/).map((text) => `canary-${text}`);

/** Everything a log line could show of an error. */
function visible(error: unknown): string {
  if (!(error instanceof OAuthError)) throw new Error('expected an OAuthError', { cause: error });
  const { message, code, kind, status, retryAfterMs, cause, stack } = error;
  const causeText = cause instanceof Error ? cause.message : String(cause);
  return JSON.stringify([message, code, kind, status, retryAfterMs, causeText, stack]);
}

const body = (canary: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(canary),
    fc.constant(`{"access_token": ${canary}`),
    fc.constant(JSON.stringify({ error: canary, error_description: canary })),
    fc.constant(JSON.stringify({ error: 'invalid_grant', error_description: canary })),
    fc.constant(JSON.stringify({ access_token: `${canary} ${canary}`, token_type: 'bearer' })),
    fc.constant(JSON.stringify({ access_token: 'at', token_type: canary })),
    fc.constant(`error=${canary}`),
    fc.json(),
  );

const scenario = secret.chain((canary) =>
  fc.record({
    canary: fc.constant(canary),
    body: body(canary),
    status: fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 429, 500, 503),
    type: fc.constantFrom(
      'application/json',
      'text/html',
      'text/plain',
      'application/x-www-form-urlencoded',
    ),
    dialect: fc.constantFrom('standard' as const, 'ears' as const),
    fails: fc.boolean(),
  }),
);

describe('failures of every call', () => {
  it('E63: are OAuthErrors that show no token, code, verifier, secret or body', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ canary, dialect, fails, ...answer }) => {
        const client =
          dialect === 'ears' ? anEarsClient() : aStandardClient({ clientSecret: canary });
        const { io } = fakeIo(() => {
          if (fails) throw new Error(`connect failed with ${canary}`, { cause: new Error(canary) });
          return new Response(answer.body, {
            status: answer.status,
            headers: { 'content-type': answer.type },
          });
        });
        const exchange = { code: canary, codeVerifier: canary, redirectUri: 'https://l.example' };
        for (const call of [refreshGrant(client, canary, io), exchangeCode(client, exchange, io)]) {
          await call.then(
            () => undefined,
            (error) => expect(visible(error)).not.toContain(canary),
          );
        }
        expect(await revokeToken(client, { token: canary, hint: 'access_token' }, io)).toMatch(
          /^(revoked|unsupported|failed_)/,
        );
      }),
    );
  });
});
