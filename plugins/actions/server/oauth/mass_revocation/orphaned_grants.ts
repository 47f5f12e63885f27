import type { Randomness } from '@latchkey/core/server';
import type { GrantRecord, GrantStore } from '../tokens/index.ts';

/**
 * Grants per page of the scan. Elasticsearch checks all matching documents for every page, so pages
 * of 100 take three times as long among a million grants. Larger pages would block the event loop.
 */
const SCAN_PAGE_SIZE = 500;

/** Reads the accounts of the installation in two ways. */
export interface Users {
  /** All users who exist and are enabled. A search: its result may be outdated. */
  readonly activeProfileUids: () => AsyncIterable<string>;
  /** Current state of one user. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
}

/** Progress of one scan for orphaned grants. */
export interface OrphanScanResult {
  /** Grants that were scanned. */
  readonly scanned: number;
  /** Users who hold grants and are not in the list of active users. */
  readonly found: number;
  /** Users of `found` whose grants were processed. */
  readonly processed: number;
  /** Grants that have ended. */
  readonly ended: number;
  readonly wasAborted: boolean;
  /** Number of errors: one per failed user, and one if the scan itself failed. */
  readonly failed: number;
  /** First error of the scan. `undefined`: there was no error. */
  readonly firstError: unknown;
}

/** Scans all grants for grants of removed users, and ends these. */
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
   * Lists the active users once, then compares the owner of each grant with that list. Memory grows
   * with the number of users, not of grants.
   * @throws the error of the user list; nothing has been ended then
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
        // The user may have been created after the list was read.
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
   * Owners of grants who are not in `active`. If the scan fails, returns the owners found so far.
   */
  async #findMissingOwners(active: ReadonlySet<string>, signal: AbortSignal) {
    const owners = new Set<string>();
    const errors: unknown[] = [];
    let scanned = 0;
    try {
      for await (const batch of this.#grants.iterate({ usable: {} }, SCAN_PAGE_SIZE)) {
        // An incomplete list of users says nothing about users who are not on it.
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

/** Random order, so that aborted scans do not always leave out the same users. */
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
