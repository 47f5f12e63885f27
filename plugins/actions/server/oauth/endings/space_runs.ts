import type { RevocationOutbox } from '../tokens/index.ts';
import type { ConnectorEndings } from './connector_endings.ts';
import type { EndingStore } from './ending_store.ts';

/** What {@link SpaceRuns} works with. */
export interface SpaceRunsDeps {
  readonly runs: EndingStore;
  readonly outbox: Pick<RevocationOutbox, 'countWaiting'>;
  readonly ofConnectors: Pick<ConnectorEndings, 'resolveLeft'>;
  /** Has the run worked on by some process, soon. */
  readonly schedule: (endingId: string) => Promise<void>;
}

/** Where the runs of a space are. */
export interface SpaceRunsState {
  /** Runs whose grants can still be used here. */
  readonly unfinished: number;
  /** Connectors whose runs are over here; revocations may still wait for their providers. */
  readonly finishedConnectors: ReadonlySet<string>;
}

/** Runs that follow an edit or a deletion of a connector of one space: what the deletion of the space waits for. */
export class SpaceRuns {
  readonly #deps: SpaceRunsDeps;

  constructor(deps: SpaceRunsDeps) {
    this.#deps = deps;
  }

  /**
   * Has every run of a space go on, in its own task.
   * @param isThere whether a connector still exists in the space
   */
  async goOn(
    spaceId: string,
    isThere: (connectorId: string) => Promise<boolean>,
  ): Promise<SpaceRunsState> {
    const { runs, ofConnectors, schedule } = this.#deps;
    const finishedConnectors = new Set<string>();
    const openConnectors = new Set<string>();
    let unfinished = 0;
    for await (const batch of runs.walkOfSpace(spaceId)) {
      for (const run of batch) {
        const { connectorId = '', state } = run;
        if (state === 'completed' || state === 'cancelled') {
          finishedConnectors.add(connectorId);
          continue;
        }
        unfinished += 1;
        openConnectors.add(connectorId);
        if (state === 'running') await schedule(run.id);
        // A run whose connector is still there belongs to a process that is about to remove it, or that crashed before; the latter is found by the sweep.
        else if (!(await isThere(connectorId))) await ofConnectors.resolveLeft(run);
      }
    }
    for (const id of openConnectors) finishedConnectors.delete(id);
    return { unfinished, finishedConnectors };
  }

  /** Grants of the space whose revocation still waits for its provider. */
  async countWaiting(spaceId: string): Promise<number> {
    let waiting = 0;
    for await (const batch of this.#deps.runs.walkOfSpace(spaceId))
      for (const { id, isSettled } of batch)
        if (!isSettled) waiting += await this.#deps.outbox.countWaiting(id);
    return waiting;
  }
}
