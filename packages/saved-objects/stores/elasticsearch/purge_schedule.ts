import type { SavedObjectsLogger } from '../../types/saved_objects_logger.ts';
import type { ClusterClient } from './connection/index.ts';
import { purgeTombstones, TOMBSTONE_LIFETIME_MS } from './purge_tombstones.ts';
import type { TypeIndex } from './type_index.ts';

const INTERVAL_MS = 5 * 60_000;

/** Dependencies of a {@link PurgeSchedule}. */
export interface PurgeScheduleOptions {
  readonly client: ClusterClient;
  /** Indices of the prepared types. Read again in each run. */
  readonly indices: ReadonlyMap<string, TypeIndex>;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** `undefined`: nothing is logged. */
  readonly logger: SavedObjectsLogger | undefined;
}

/** Removes old tombstones periodically. The timer does not keep the process alive. */
export class PurgeSchedule {
  readonly #options: PurgeScheduleOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PurgeScheduleOptions) {
    this.#options = options;
  }

  /** Schedules the next run. Safe to call again. */
  start(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    // Random intervals, so that processes that start together do not remove the same tombstones.
    const waitMs = INTERVAL_MS * (0.5 + Math.random());
    this.#timer = setTimeout(() => void this.#run(), waitMs).unref();
  }

  /** Ends the schedule. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const { client, indices, now, logger } = this.#options;
    try {
      for (const index of indices.values()) {
        await purgeTombstones(client, index, now() - TOMBSTONE_LIFETIME_MS);
      }
    } catch (error) {
      // Debug level is enough: requests that need the cluster at this time report its failure
      // themselves.
      logger?.debug('Could not remove tombstones of deleted documents; the next run will retry.', {
        error,
      });
    }
    this.#timer = undefined;
    this.start();
  }
}
