import type { Logger } from '@latchkey/core/server';
import type { StoredRun } from '../store/run_store.ts';
import { BackgroundWork } from './background_work.ts';

/** Maximum number of failed runs of one space that wait. A search finds further ones later. */
const MAX_WAITING = 500;
/** Maximum number of failed runs that share one search for the handlers of their space. */
const MAX_PER_PASS = 20;

/** Dependencies of {@link FailureQueue}. */
export interface FailureQueueDeps {
  /** Starts the handlers for failed runs of one space. */
  readonly report: (spaceId: string, runs: readonly StoredRun[]) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Failed runs whose handlers have to be started. Each space has only one pass at a time, so that
 * hundreds of simultaneous failures do not all load the handlers.
 */
export class FailureQueue {
  readonly #deps: FailureQueueDeps;
  readonly #work: BackgroundWork;
  /** Failed runs by space and id, including those of the current pass. */
  readonly #runs = new Map<string, Map<string, StoredRun>>();

  constructor(deps: FailureQueueDeps) {
    this.#deps = deps;
    this.#work = new BackgroundWork(deps.logger);
  }

  /** Adds a failed run. If too many wait, the run is left to the search. */
  add(run: StoredRun): void {
    const present = this.#runs.get(run.spaceId);
    if (present !== undefined) {
      if (present.size < MAX_WAITING) present.set(run.id, run);
      return;
    }
    const runs = new Map([[run.id, run]]);
    this.#runs.set(run.spaceId, runs);
    this.#work.start(messageFor(run.spaceId), () => this.#reportAll(run.spaceId, runs));
  }

  /** `true`: the handlers for the run are being started, or will be. */
  has({ id, spaceId }: Pick<StoredRun, 'id' | 'spaceId'>): boolean {
    return this.#runs.get(spaceId)?.has(id) ?? false;
  }

  /** Resolves when no failed run waits. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  /** Leaves waiting runs to the search, and resolves when the current passes have ended. */
  stop(): Promise<void> {
    for (const runs of this.#runs.values()) runs.clear();
    return this.idle();
  }

  async #reportAll(spaceId: string, runs: Map<string, StoredRun>): Promise<void> {
    const { report, logger } = this.#deps;
    while (runs.size > 0) {
      const pass = [...runs.values()].slice(0, MAX_PER_PASS);
      await report(spaceId, pass).catch((error: unknown) =>
        logger.warn(messageFor(spaceId), { error }),
      );
      for (const { id } of pass) runs.delete(id);
    }
    this.#runs.delete(spaceId);
  }
}

function messageFor(spaceId: string): string {
  return `Handlers of failed runs of space [${spaceId}] could not be started; a search will retry them`;
}
