import type { Randomness } from '@latchkey/core/server';
import type { GrantRecord, GrantStore } from '../tokens/index.ts';

/**
 * Every page of a walk costs Elasticsearch a look at all that match, whatever its size: among a million grants, pages of a hundred take it three times as
 * long. Larger ones would hold up the event loop.
 */
const LOOKED_AT_ONCE = 500;

/** Who there is, to be asked in two ways. */
export interface Users {
  /** Everybody who exists and is not disabled. A search, so it may lag behind, in both directions. */
  readonly activeProfileUids: () => AsyncIterable<string>;
  /** Of one person, as things are now. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
}

/** How far one search for leavers came. */
export interface OrphanScanResult {
  /** Grants that were looked at. */
  readonly looked: number;
  /** People who hold grants and seem to be gone. */
  readonly found: number;
  /** Those of them who were dealt with. */
  readonly dealtWith: number;
  /** Grants that are over now. */
  readonly ended: number;
  readonly wasCutOff: boolean;
  /** People for whom it went wrong, and the walk itself; the first error stands for all. */
  readonly failed: number;
  readonly firstError: unknown;
}

/** What the search works with. */
export interface OrphanScanDeps {
  readonly grants: Pick<GrantStore, 'walk'>;
  readonly revokeForUser: (profileUid: string) => Promise<number>;
  readonly randomness: Pick<Randomness, 'uuid'>;
}

/**
 * Ends what people still hold who are gone. People are few compared with their grants, so they are listed once, and each grant costs one look into a
 * set. Memory grows with people alone.
 * @throws what the list of people was refused with
 */
export async function revokeOrphanedGrants(
  users: Users,
  deps: OrphanScanDeps,
  signal: AbortSignal,
): Promise<OrphanScanResult> {
  const active = new Set<string>();
  for await (const profileUid of users.activeProfileUids()) {
    if (signal.aborted) break;
    active.add(profileUid);
  }
  const walked = await ownersBeside(active, deps, signal);
  const errors = [...walked.errors];
  let [ended, dealtWith] = [0, 0];
  for (const profileUid of shuffled(walked.owners, deps.randomness)) {
    if (signal.aborted) break;
    try {
      // Somebody may have come since the list was made.
      if (!(await users.isActive(profileUid))) ended += await deps.revokeForUser(profileUid);
    } catch (error) {
      errors.push(error);
    }
    dealtWith += 1;
  }
  return {
    looked: walked.looked,
    found: walked.owners.size,
    dealtWith,
    ended,
    wasCutOff: signal.aborted,
    failed: errors.length,
    firstError: errors[0],
  };
}

/** Owners of grants who are not among these. A walk that breaks has still found those of before. */
async function ownersBeside(
  active: ReadonlySet<string>,
  { grants }: OrphanScanDeps,
  signal: AbortSignal,
) {
  const owners = new Set<string>();
  const errors: unknown[] = [];
  let looked = 0;
  try {
    for await (const batch of grants.walk({ usable: {} }, LOOKED_AT_ONCE)) {
      // Nor does a list of people that was cut off say anything of those who are not on it.
      if (signal.aborted) break;
      looked += batch.length;
      for (const owner of ownersOf(batch)) if (!active.has(owner)) owners.add(owner);
    }
  } catch (error) {
    errors.push(error);
  }
  return { owners, errors, looked };
}

/** In another order each time, so that runs which are cut off do not all leave the same people. */
function shuffled(
  owners: ReadonlySet<string>,
  randomness: Pick<Randomness, 'uuid'>,
): readonly string[] {
  const places = new Map([...owners].map((owner) => [owner, randomness.uuid()]));
  const placeOf = (owner: string) => places.get(owner) ?? '';
  return [...owners].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function ownersOf(records: readonly GrantRecord[]): readonly string[] {
  return records.flatMap(({ key }) => (key.scope === 'per-user' ? [key.profileUid] : []));
}
