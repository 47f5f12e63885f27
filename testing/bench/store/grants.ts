import type { GrantStore } from '@latchkey/actions-plugin/server/testing';
import { systemRandomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { USER_TYPE } from '@latchkey/security-plugin/server/mocks';
import { secret } from './bench_connector.ts';
import type { OpenStore } from './open_store.ts';

export const DAY_MS = 86_400_000;

/** Returns the profile uid of the owner of grant number `index`. */
export function userOf(index: number): string {
  return `u_bench_${index}`;
}

/** Attributes of a grant that replace the default ones, and the store to use. */
type GrantOptions = Partial<Parameters<GrantStore['create']>[1]> & { readonly into?: GrantStore };

/** Writes a grant with real encryption, as an authorization does. It is valid for a day. */
export async function writeGrant(
  { tokens, clientOf }: OpenStore,
  key: { readonly connectorId: string; readonly profileUid: string },
  { into = tokens.store, ...over }: GrantOptions = {},
): Promise<void> {
  const now = new Date();
  const tomorrow = new Date(now.getTime() + DAY_MS);
  const { profileUid } = key;
  await into.create(
    { scope: 'per-user', ...key },
    {
      generation: systemRandomness.uuid(),
      clientFingerprint: clientOf(key.connectorId).fingerprint,
      spaceId: 'default',
      state: 'connected',
      stateSince: now,
      accessToken: `Bearer ${secret()}`,
      refreshToken: secret(),
      issuedAt: now,
      expiresAt: tomorrow,
      scopes: ['openid', 'offline_access'],
      account: { id: profileUid, label: `${profileUid}@example.com` },
      // With a future date, reading writes nothing: a use is recorded at most once in ten minutes.
      lastUsedAt: tomorrow,
      ...over,
    },
  );
}

/**
 * Creates an account for the owner of a grant. No user signs in to it. Without an account, a server
 * that runs for more than a minute treats the owner as a removed user and ends the grant.
 * @param repository repository that can access users
 */
export async function writeAccount(
  repository: SavedObjectsRepository,
  profileUid: string,
): Promise<void> {
  await repository.create(
    USER_TYPE,
    {
      username: profileUid,
      profileUid,
      passwordHash: 'none',
      sessionEpoch: 'none',
      roles: [],
      metadata: {},
      enabled: true,
    },
    { id: profileUid, visibleToSearch: false },
  );
}

/** Calls `write` for each index below `count`, `atOnce` of them at the same time. */
export async function writeAll(
  count: number,
  atOnce: number,
  write: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    const size = Math.min(atOnce, count - from);
    await Promise.all(Array.from({ length: size }, (_, at) => write(from + at)));
  }
}
