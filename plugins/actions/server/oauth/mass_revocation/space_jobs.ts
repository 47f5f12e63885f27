import type { RevocationOutbox } from '../tokens/index.ts';
import type { ConnectorRevocation } from './connector_revocation.ts';
import { countsOf } from './revocation_job.ts';
import type { RevocationJobStore } from './revocation_job_store.ts';

/** Dependencies of {@link SpaceJobs}. */
export interface SpaceJobsDeps {
  readonly jobs: RevocationJobStore;
  readonly outbox: Pick<RevocationOutbox, 'countWaiting'>;
  readonly connectorRevocation: Pick<ConnectorRevocation, 'recover'>;
  /** Schedules the job, so that one of the processes soon works on it. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
}

/** Progress of the revocation jobs of a space. */
export interface SpaceJobsState {
  /** Number of jobs whose grants may still be usable here. */
  readonly unfinished: number;
  /**
   * Ids of the connectors whose jobs are finished: none of their grants can be used here.
   * Revocations may still wait for providers.
   */
  readonly finishedConnectors: ReadonlySet<string>;
}

/**
 * Revocation jobs of edits and deletions of the connectors of one space. The deletion of the space
 * waits for these jobs.
 */
export class SpaceJobs {
  readonly #deps: SpaceJobsDeps;

  constructor(deps: SpaceJobsDeps) {
    this.#deps = deps;
  }

  /**
   * Schedules every unfinished job of a space, and decides about its prepared jobs.
   * @param isStored resolves to `true` if a connector still exists in the space
   */
  async resume(
    spaceId: string,
    isStored: (connectorId: string) => Promise<boolean>,
  ): Promise<SpaceJobsState> {
    const { jobs, connectorRevocation, schedule } = this.#deps;
    const finishedConnectors = new Set<string>();
    const openConnectors = new Set<string>();
    let unfinished = 0;
    for await (const batch of jobs.walkOfSpace(spaceId)) {
      for (const job of batch) {
        const { connectorId = '', state } = job;
        if (state === 'completed' || state === 'cancelled') {
          finishedConnectors.add(connectorId);
          continue;
        }
        unfinished += 1;
        openConnectors.add(connectorId);
        if (state === 'running') await schedule(job.id);
        // If the connector is still stored, another process is about to delete it, or has crashed.
        // The sweep finds the job of a crashed process.
        else if (!(await isStored(connectorId))) await connectorRevocation.recover(job);
      }
    }
    for (const id of openConnectors) finishedConnectors.delete(id);
    return { unfinished, finishedConnectors };
  }

  /**
   * Counts the grants of the space by the state of their revocation: waiting for the provider,
   * failed permanently, or not supported by the provider.
   */
  async countRevocations(
    spaceId: string,
  ): Promise<{ readonly waiting: number; readonly failed: number; readonly unsupported: number }> {
    const sum = { waiting: 0, failed: 0, unsupported: 0 };
    for await (const batch of this.#deps.jobs.walkOfSpace(spaceId))
      for (const job of batch) {
        const waitingNow = job.isSettled ? 0 : await this.#deps.outbox.countWaiting(job.id);
        const { waiting, failed, unsupported } = countsOf(job, waitingNow).revocation;
        sum.waiting += waiting;
        sum.failed += failed;
        sum.unsupported += unsupported;
      }
    return sum;
  }
}
