import type { Randomness } from '@latchkey/core/server';
import type { GrantRecord, GrantStore } from '../tokens/index.ts';

/**
 * Number of grants per page of the scan. Elasticsearch checks all matching documents for every
 * page, so with a million grants, pages of 100 take three times as long. Larger pages would block
 * the event loop.
 */
const SCAN_PAGE_SIZE = 500;

/** Reads the users of the installation, as a list or one by one. */
export interface Users {
  /**
   * Yields the profile uids of all users that exist and are enabled, by a search whose result may
   * be outdated.
   */
  readonly activeProfileUids: () => AsyncIterable<string>;
  /** Returns `true` if the user exists and is enabled now. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
}

/** Result of one scan for grants of removed users. */
export interface OrphanScanResult {
  /** Number of grants that were read. */
  readonly scanned: number;
  /** Number of users who have grants and are not in the list of active users. */
  readonly found: number;
  /** Number of users of `found` whose grants were checked and ended. */
  readonly processed: number;
  /** Number of grants that have ended. */
  readonly ended: number;
  readonly wasAborted: boolean;
  /** Number of errors: one per failed user, and one if the scan itself failed. */
  readonly failed: number;
  /** First error of the scan. `undefined`: there was no error. */
  readonly firstError: unknown;
}

/** Reads all grants, and ends those whose owner was removed. */
export class OrphanScan {
  readonly #grants: Pick<GrantStore, 'iterate'>;
  readonly #revokeForUser: (profileUid: string) => Promise<number>;
  readonly #randomness: Pick<Randomness, 'uuid'>;

  constructor(services: {
    readonly grants: Pick<GrantStore, 'iterate'>;
    readonly revokeForUser: (profileUid: string) => Promise<number>;
    readonly randomness: Pick<Randomness, 'uuid'>;
  }) {
    this.#grants = services.grants;
    this.#revokeForUser = services.revokeForUser;
    this.#randomness = services.randomness;
  }

  /**
   * Reads the list of active users once, and compares the owner of each grant with the list. The
   * memory that this needs grows with the number of users, not of grants.
   * @throws the error of reading the list of users; no grant has been ended then
   */
  async run(users: Users, signal: AbortSignal): Promise<OrphanScanResult> {
    const active = new Set<string>();
    for await (const profileUid of users.activeProfileUids()) {
      if (signal.aborted) break;
      active.add(profileUid);
    }
    const scan = await this.#findMissingOwners(active, signal);
    const errors = [...scan.errors];
    let [ended, processed] = [0, 0];
    for (const profileUid of shuffled(scan.owners, this.#randomness)) {
      if (signal.aborted) break;
      try {
        // The list is not enough, because a user may have been created after the list was read.
        if (!(await users.isActive(profileUid))) ended += await this.#revokeForUser(profileUid);
      } catch (error) {
        errors.push(error);
      }
      processed += 1;
    }
    return {
      scanned: scan.scanned,
      found: scan.owners.size,
      processed,
      ended,
      wasAborted: signal.aborted,
      failed: errors.length,
      firstError: errors[0],
    };
  }

  /**
   * Returns the owners of grants that are not in `active`. If the scan fails, returns the owners
   * that were found so far.
   */
  async #findMissingOwners(active: ReadonlySet<string>, signal: AbortSignal) {
    const owners = new Set<string>();
    const errors: unknown[] = [];
    let scanned = 0;
    try {
      for await (const batch of this.#grants.iterate({ usable: {} }, SCAN_PAGE_SIZE)) {
        // If reading the list was aborted, users that are missing from it may be active.
        if (signal.aborted) break;
        scanned += batch.length;
        for (const owner of ownersOf(batch)) if (!active.has(owner)) owners.add(owner);
      }
    } catch (error) {
      errors.push(error);
    }
    return { owners, errors, scanned };
  }
}

/** Returns the owners in random order, so that aborted scans do not always miss the same users. */
function shuffled(
  owners: ReadonlySet<string>,
  randomness: Pick<Randomness, 'uuid'>,
): readonly string[] {
  const sortKeys = new Map([...owners].map((owner) => [owner, randomness.uuid()]));
  const sortKeyOf = (owner: string) => sortKeys.get(owner) ?? '';
  return [...owners].sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
}

function ownersOf(records: readonly GrantRecord[]): readonly string[] {
  return records.flatMap(({ key }) => (key.scope === 'per-user' ? [key.profileUid] : []));
}
