import type { BootDataPart, Principal } from '@latchkey/core/server';
import { withoutUndefined } from '@latchkey/saved-objects';
import { SpaceError } from './space_error.ts';
import type { SpaceService } from './space_service.ts';

/**
 * Boot data with the space of a page of the web app. Returns an empty object if the user has no
 * privilege in the default space: pages of the default space are served to every user, and tell
 * this user that access is missing.
 * @throws SavedObjectError when the store cannot be reached
 */
export async function bootDataOf(
  principal: Principal,
  spaces: Pick<SpaceService, 'get'>,
): Promise<BootDataPart> {
  try {
    const { id, name, color, initials, imageUrl } = await spaces.get(principal, principal.spaceId);
    return {
      space: {
        id,
        name,
        ...withoutUndefined({
          color,
          initials,
          imageUrl,
        }),
      },
    };
  } catch (error) {
    if (error instanceof SpaceError && error.code === 'space_not_found') return {};
    throw error;
  }
}
