import type { SavedObjectsLogger } from '../../service/saved_objects_logger.ts';
import type { ClusterClient } from './connection/index.ts';
import { purgeTombstones, TOMBSTONE_LIFETIME_MS } from './purge_tombstones.ts';
import type { TypeIndex } from './type_index.ts';

const INTERVAL_MS = 5 * 60_000;

/** What the schedule works on. */
export interface PurgeScheduleOptions {
  readonly client: ClusterClient;
  /** The types prepared so far; read at each round. */
  readonly indices: ReadonlyMap<string, TypeIndex>;
  readonly now: () => number;
  readonly logger: SavedObjectsLogger | undefined;
}

/** Removes old tombstones now and then. Does not keep the process alive. */
export class PurgeSchedule {
  readonly #options: PurgeScheduleOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PurgeScheduleOptions) {
    this.#options = options;
  }

  /** Safe to call again. */
  start(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    // Processes started together should not do the same work together.
    const waitMs = INTERVAL_MS * (0.5 + Math.random());
    this.#timer = setTimeout(() => void this.#run(), waitMs).unref();
  }

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
      // The next round does it; whoever needs the cluster now hears of its state anyway.
      logger?.debug('Removing deleted documents was put off.', { error });
    }
    this.#timer = undefined;
    this.start();
  }
}
