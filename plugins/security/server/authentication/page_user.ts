import type { Principal } from '@latchkey/core/server';
import { DEFAULT_USER_SETTINGS } from '../../common/index.ts';
import type { Authorizer } from '../roles/index.ts';
import type { PageUser } from '../types.ts';
import type { ProfileStore } from '../users/index.ts';

/** Services with which the user of a page is read. */
export interface PageUserServices {
  readonly profiles: Pick<ProfileStore, 'settingsOf'>;
  readonly authorizer: Pick<Authorizer, 'heldPrivileges'>;
}

/** Reads the user of a page with settings and privileges. */
export async function readPageUser(
  { profiles, authorizer }: PageUserServices,
  principal: Principal,
): Promise<PageUser> {
  const { user } = principal;
  if (user === undefined) {
    return { user: undefined, settings: DEFAULT_USER_SETTINGS, privileges: [] };
  }
  const [settings, privileges] = await Promise.all([
    profiles.settingsOf(user.profileUid),
    authorizer.heldPrivileges(principal),
  ]);
  const { username, fullName, email, profileUid, roles } = user;
  return {
    user: {
      ...{ username, profileUid, roles },
      ...(fullName === undefined ? {} : { fullName }),
      ...(email === undefined ? {} : { email }),
    },
    settings,
    privileges,
  };
}
