import type { StrictStandIn } from '@latchkey/dev-providers';
import { listStrictFiles } from './connectors.ts';
import type { Person, Reachable } from './person.ts';
import { waitUntil } from './wait_until.ts';

const SHORT_SECONDS = 1;
const USUAL_SECONDS = 3600;

/**
 * Brings a connected person to the moment when their access token is over and their refresh token is good: exchanges the token for a short-lived
 * one and waits for its end. The next token lives for an hour again. Spends one refresh token.
 */
export async function letTokenExpire(
  strict: StrictStandIn,
  person: Person,
  at: { readonly server: Reachable; readonly connector: string },
): Promise<void> {
  strict.settings.accessTokenTtlSeconds = SHORT_SECONDS;
  if (person.account !== undefined) strict.expireAccessTokens(person.account);
  await person.execute(at.server, at.connector, listStrictFiles);
  strict.settings.accessTokenTtlSeconds = USUAL_SECONDS;
  const status = await person.status(at.server, at.connector);
  const endsAt = Date.parse(String(status?.expires_at));
  if (Number.isNaN(endsAt)) throw new Error('The short-lived token has no end');
  await waitUntil('the end of the short-lived token', () => Date.now() > endsAt);
}
