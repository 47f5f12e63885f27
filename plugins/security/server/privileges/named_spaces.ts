import { SecurityError, type SecurityErrorDetails } from '../security_error.ts';
import type { ReadSpaceDeletion } from '../types.ts';
import { EVERY_SPACE, type Grant } from './grant.ts';

/** A role, or an API key with a restriction, that is going to be stored. */
export interface GrantHolder {
  /** Name of the holder in messages, for example `Role [sellers]`. */
  readonly label: string;
  readonly grants: readonly Grant[];
  readonly details?: SecurityErrorDetails;
}

/** Spaces that a role or key names, each with the last known deletion of its id. */
export type NamedSpaces = ReadonlyMap<string, string | undefined>;

/**
 * Reads the spaces that a role or key names. Spaces that never existed are allowed.
 * @param isVisible tells if the caller may know about a space. Others are not read, so that no
 *   error reveals them. Default: all are visible
 * @throws SecurityError `space_being_deleted`
 */
export async function openNamedSpaces(
  holder: GrantHolder,
  readDeletion: ReadSpaceDeletion,
  isVisible: (spaceId: string) => Promise<boolean> = async () => true,
): Promise<NamedSpaces> {
  const spaces = new Map<string, string | undefined>();
  for (const id of new Set(holder.grants.flatMap((grant) => grant.spaces))) {
    if (id === EVERY_SPACE || !(await isVisible(id))) continue;
    const { isBeingDeleted, lastDeletion } = await readDeletion(id);
    if (isBeingDeleted) throw spaceBeingDeleted(holder, id);
    spaces.set(id, lastDeletion);
  }
  return spaces;
}

/**
 * Finds the spaces whose deletion has started since {@link openNamedSpaces} read them, including
 * deletions that have ended meanwhile.
 */
export async function closedSince(
  before: NamedSpaces,
  readDeletion: ReadSpaceDeletion,
): Promise<readonly string[]> {
  const closed: string[] = [];
  for (const [id, lastDeletion] of before) {
    const now = (await readDeletion(id)).lastDeletion;
    // Records of deletions are removed after some time. A missing record does not mean a new
    // deletion.
    if (now !== undefined && now !== lastDeletion) closed.push(id);
  }
  return closed;
}

/** Error for a role or key that names a space whose deletion is running. */
export function spaceBeingDeleted(
  { label, details }: Pick<GrantHolder, 'label' | 'details'>,
  spaceId: string,
): SecurityError {
  return new SecurityError(
    'space_being_deleted',
    `${label}: space [${spaceId}] is being deleted. Omit it, or wait until its id is free.`,
    details,
  );
}
