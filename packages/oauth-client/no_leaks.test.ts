import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialectOf } from './dialect.ts';
import { anEarsClient, aStandardClient, fakeIo } from './oauth_client.mock.ts';
import { OAuthError } from './oauth_error.ts';

/** Secrets that are so long that fixed text does not contain them by chance. */
const secret = fc.stringMatching(/^[a-zA-Z0-9]{12,40}$/).map((text) => `canary-${text}`);

/** Every part of an error that a log line can contain. */
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
    isEars: fc.boolean(),
    fails: fc.boolean(),
  }),
);

describe('an error of a call', () => {
  it('E63: is an OAuthError that shows no token, code, verifier, secret or body', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ canary, isEars, fails, ...response }) => {
        const client = isEars ? anEarsClient() : aStandardClient({ clientSecret: canary });
        const dialect = dialectOf(client);
        const { io } = fakeIo(() => {
          if (fails) throw new Error(`connect failed with ${canary}`, { cause: new Error(canary) });
          return new Response(response.body, {
            status: response.status,
            headers: { 'content-type': response.type },
          });
        });
        const exchange = { code: canary, codeVerifier: canary, redirectUri: 'https://l.example' };
        for (const call of [dialect.refresh(canary, io), dialect.exchange(exchange, io)]) {
          await call.then(
            () => undefined,
            (error) => expect(visible(error)).not.toContain(canary),
          );
        }
        expect(await dialect.revoke({ token: canary, hint: 'access_token' }, io)).toMatch(
          /^(revoked|unsupported|failed_)/,
        );
      }),
    );
  });
});
