import type { RevocationOutbox } from '../tokens/index.ts';
import type { ConnectorRevocation } from './connector_revocation.ts';
import { countsOf } from './revocation_job.ts';
import type { RevocationJobStore } from './revocation_job_store.ts';

/** Dependencies of {@link SpaceRuns}. */
export interface SpaceRunsDeps {
  readonly runs: RevocationJobStore;
  readonly outbox: Pick<RevocationOutbox, 'countWaiting'>;
  readonly ofConnectors: Pick<ConnectorRevocation, 'resolveLeft'>;
  /** Schedules the run; some process works on it soon. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
}

/** Progress of the runs of a space. */
export interface SpaceRunsState {
  /** Runs with grants that can still be used here. */
  readonly unfinished: number;
  /**
   * Connectors whose runs have no usable grant left. Revocations may still wait for their
   * providers.
   */
  readonly finishedConnectors: ReadonlySet<string>;
}

/**
 * Runs that follow an edit or a deletion of a connector of one space. The deletion of the space
 * waits for them.
 */
export class SpaceRuns {
  readonly #deps: SpaceRunsDeps;

  constructor(deps: SpaceRunsDeps) {
    this.#deps = deps;
  }

  /**
   * Continues every run of a space, each in its own task.
   * @param isThere tells if a connector still exists in the space
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
        // If the connector still exists, the run's process is about to remove it or has crashed
        // before. The sweep finds the run of a crashed process.
        else if (!(await isThere(connectorId))) await ofConnectors.resolveLeft(run);
      }
    }
    for (const id of openConnectors) finishedConnectors.delete(id);
    return { unfinished, finishedConnectors };
  }

  /**
   * Number of grants of the space whose revocation still waits for the provider, has failed for
   * good, or is not possible at the provider.
   */
  async countRevocations(
    spaceId: string,
  ): Promise<{ readonly waiting: number; readonly failed: number; readonly unsupported: number }> {
    const sum = { waiting: 0, failed: 0, unsupported: 0 };
    for await (const batch of this.#deps.runs.walkOfSpace(spaceId))
      for (const run of batch) {
        const waitingNow = run.isSettled ? 0 : await this.#deps.outbox.countWaiting(run.id);
        const { waiting, failed, unsupported } = countsOf(run, waitingNow).revocation;
        sum.waiting += waiting;
        sum.failed += failed;
        sum.unsupported += unsupported;
      }
    return sum;
  }
}
