import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { USER_TYPE } from '@latchkey/security-plugin/server/mocks';

/** The profile uid of the owner of grant number `index`. */
export function userOf(index: number): string {
  return `u_bench_${index}`;
}

/**
 * Creates an account for the owner of a grant; nobody signs in to it. Without an account, a server
 * that runs for more than a minute treats the owner as a removed user and ends the grant.
 * @param repository accesses users
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
