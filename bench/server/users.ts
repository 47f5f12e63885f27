import type { SavedObjectsRepository } from '@latchkey/saved-objects';
// The benchmark looks at one capability inside the plugin, which is not for plugins to do.
import { USER_TYPE } from '../../plugins/security/server/users/index.ts';

/** The profile uid of the owner of grant number `index`. */
export function userOf(index: number): string {
  return `u_bench_${index}`;
}

/**
 * Gives the owner of a grant an account that nobody signs in to. Without one, a server that runs for more than a minute takes the owner for somebody who has
 * left and ends the grant.
 * @param repository reaches people
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
