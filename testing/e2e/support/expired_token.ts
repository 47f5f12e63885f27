import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@latchkey/core/server/wait_until';
import type { FakeOAuthServer } from '@latchkey/dev-providers';
import type { Installation, Reachable, TestUser } from '@latchkey/test-environment';
import { createConnector, listStrictFiles, strictFiles } from '@latchkey/test-environment';

const SHORT_SECONDS = 1;
const USUAL_SECONDS = 3600;
const TIMEOUT_MS = 120_000;
const NEXT_TRY_MS = 250;

/**
 * Creates a connector to the strict API for which Ana has an expired access token, and deletes the
 * provider's records of the requests that this took.
 * @returns id of the connector
 */
export async function connectWithExpiredToken(environment: Installation): Promise<string> {
  const { admin, ana, strict, first } = environment;
  const connector = await createConnector(admin, first, strictFiles(environment));
  await ana.connect(first, connector);
  await letTokenExpire(strict, ana, { server: first, connector });
  strict.clearRequests();
  return connector;
}

/**
 * Lets the access token of a connected user expire and keeps the refresh token valid. For this it
 * exchanges the access token for a short-lived one and waits for the end of that one. The next
 * access token is valid for an hour again. Uses up one refresh token, or more when the store is so
 * slow that an exchange fails.
 * @throws Error with the last response when no exchange succeeds
 */
export async function letTokenExpire(
  strict: FakeOAuthServer,
  testUser: TestUser,
  at: { readonly server: Reachable; readonly connector: string },
): Promise<void> {
  const until = performance.now() + TIMEOUT_MS;
  for (;;) {
    strict.settings.accessTokenTtlSeconds = SHORT_SECONDS;
    if (testUser.account !== undefined) strict.expireAccessTokens(testUser.account);
    // The result does not matter: on a busy machine the token may expire before the request reaches
    // the API.
    const response = await testUser.execute(at.server, at.connector, listStrictFiles).catch(String);
    strict.settings.accessTokenTtlSeconds = USUAL_SECONDS;
    const status = await testUser.status(at.server, at.connector).catch(() => undefined);
    const endsAt = Date.parse(String(status?.expires_at));
    if (endsAt <= Date.now() + SHORT_SECONDS * 1000) {
      await waitUntil('the expiry of the short-lived token', () => Date.now() > endsAt);
      return;
    }
    if (performance.now() > until)
      throw new Error(`The token was not exchanged: ${JSON.stringify(response)}`);
    await sleep(NEXT_TRY_MS);
  }
}
