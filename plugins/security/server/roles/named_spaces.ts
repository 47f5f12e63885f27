import { EVERY_SPACE } from '../privileges/index.ts';
import { SecurityError } from '../security_error.ts';
import type { ReadSpaceDeletion } from '../types.ts';
import type { Role } from './role.ts';

/** Spaces that a role names, with the last known deletion of each id. */
export type NamedSpaces = ReadonlyMap<string, string | undefined>;

/**
 * Reads the spaces that a role names. Spaces that never existed are allowed.
 * @throws SecurityError `space_being_deleted`
 */
export async function openNamedSpaces(
  role: Role,
  readDeletion: ReadSpaceDeletion,
): Promise<NamedSpaces> {
  const spaces = new Map<string, string | undefined>();
  for (const id of new Set(role.grants.flatMap((grant) => grant.spaces))) {
    if (id === EVERY_SPACE) continue;
    const { isBeingDeleted, lastDeletion } = await readDeletion(id);
    if (isBeingDeleted) throw spaceBeingDeleted(role.name, id);
    spaces.set(id, lastDeletion);
  }
  return spaces;
}

/** Ids whose space was closed since {@link openNamedSpaces}, even if its deletion is over. */
export async function closedSince(
  before: NamedSpaces,
  readDeletion: ReadSpaceDeletion,
): Promise<readonly string[]> {
  const closed: string[] = [];
  for (const [id, lastDeletion] of before) {
    const now = (await readDeletion(id)).lastDeletion;
    // A record that was removed because of its age does not mean a new deletion.
    if (now !== undefined && now !== lastDeletion) closed.push(id);
  }
  return closed;
}

export function spaceBeingDeleted(role: string, spaceId: string): SecurityError {
  return new SecurityError(
    'space_being_deleted',
    `Role [${role}]: space [${spaceId}] is being deleted. Omit it, or wait until its id is free.`,
    { role },
  );
}
