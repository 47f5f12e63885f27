import type { Clock, Logger, Principal, Randomness } from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector } from '../../connector_data/index.ts';
import { type Tokens, toFormerClient, type UsableGrants } from '../tokens/index.ts';
import { newJobAttributes, type RevocationJob } from './revocation_job.ts';
import type { RevocationJobRunner } from './revocation_job_runner.ts';
import type { RevocationJobStore } from './revocation_job_store.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';
import { coverageOf } from './revocation_selector.ts';

/**
 * Maximum time for which an edit or a deletion waits until its grants have ended, in milliseconds.
 * After that, the job continues in the background.
 */
const INLINE_MS = 2000;
/**
 * Age at which a prepared job is removed if its edit or deletion is not stored, in milliseconds.
 * The age is long because the process that prepared the job may be paused between the two writes,
 * and the clock of the checking process may be ahead. Until then, a prepared job does nothing.
 */
const DISCARD_AFTER_MS = 24 * 60 * 60_000;

/**
 * A stored revocation job that has not started, because its edit or deletion is not written yet.
 */
export type PreparedRevocation = Pick<RevocationJob, 'id'> & {
  readonly attributes: RevocationJobAttributes;
};

/** Dependencies of {@link ConnectorRevocation}. */
export interface ConnectorRevocationDeps {
  readonly jobs: RevocationJobStore;
  readonly runner: RevocationJobRunner;
  readonly tokens: Pick<Tokens, 'outbox' | 'store' | 'clientResolver'>;
  readonly connectors: ConnectorReader;
  /** Schedules the job, so that one of the processes soon works on it. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Ends the grants of a connector that an edit or a deletion makes unusable. */
export class ConnectorRevocation {
  readonly #deps: ConnectorRevocationDeps;

  constructor(deps: ConnectorRevocationDeps) {
    this.#deps = deps;
  }

  /**
   * Stores a job for the grants of a connector, together with the client that can revoke them. Call
   * this before the edit or deletion is written. If the process crashes between the two writes, the
   * stored connector shows later whether the edit or deletion was written.
   */
  async prepare(request: {
    readonly connector: DecryptedConnector;
    readonly reason: 'connector_changed' | 'connector_deleted';
    readonly actor: Principal | undefined;
  }): Promise<PreparedRevocation> {
    const { connector, reason, actor } = request;
    const { clock, randomness, tokens } = this.#deps;
    const attributes = newJobAttributes(
      clock,
      {
        scope: 'connector',
        connectorId: connector.id,
        spaceId: connector.spaceId,
        reason,
        state: 'prepared',
        ...toFormerClient(tokens.clientResolver.ofConnector(connector)),
      },
      actor,
    );
    const id = randomness.uuid();
    await this.#deps.jobs.create(id, attributes);
    return { id, attributes };
  }

  /**
   * Starts a prepared job. Call this after the edit or deletion was written. Resolves when all
   * grants have ended, at the latest after two seconds; the job then continues in the background.
   * Removes a job that found no grants.
   * @throws SavedObjectError when the start of the job cannot be stored
   */
  async commit(prepared: PreparedRevocation): Promise<RevocationJob> {
    const job = await this.#start(prepared);
    const { clock, tokens, jobs } = this.#deps;
    const timeout = new AbortController();
    const done = new AbortController();
    const work = this.#workInline(job, timeout.signal).finally(() => done.abort());
    // Only a server that stops waits for the page in progress; the caller of this method does not.
    tokens.outbox.inBackground(() => work);
    const waited = clock.sleep(INLINE_MS, done.signal).then(
      async () => {
        timeout.abort();
        return (await jobs.read(job.id).catch(() => undefined)) ?? job;
      },
      () => work,
    );
    return Promise.race([work, waited]);
  }

  async #workInline(job: RevocationJob, timeout: AbortSignal): Promise<RevocationJob> {
    const { randomness, runner, jobs, logger } = this.#deps;
    try {
      const worked = await runner.work(job.id, `inline:${randomness.uuid()}`, timeout);
      return await this.#finishInline(worked ?? (await jobs.read(job.id)) ?? job);
    } catch (error) {
      // The edit or deletion is stored, and so is its job, so the caller need not repeat anything.
      // The next sweep continues the job.
      logger.warn(
        `Revocation job [${job.id}] was interrupted; a background task will continue it`,
        { error },
      );
      return job;
    }
  }

  /**
   * Decides about a prepared job after the write of the edit or deletion has failed. Starts the job
   * if the change is stored, because only the response was lost. Otherwise removes the job if the
   * store has refused the write. After any other error the store may still make the write, so the
   * job stays prepared, and the sweep decides later. Never rejects; what fails here is repeated by
   * the sweep.
   * @param error the error of the write
   */
  async rollback({ id }: PreparedRevocation, error: unknown): Promise<void> {
    try {
      const job = await this.#deps.jobs.read(id);
      if (job?.state === 'prepared') await this.#resolve(job, { isAbandoned: isRefusal(error) });
    } catch (failure) {
      this.#deps.logger.warn(
        `Revocation job [${id}] could not be rolled back; a background task will retry it`,
        { error: failure },
      );
    }
  }

  /**
   * Decides about a job that was found in the state `prepared`: starts it if its edit or deletion
   * is stored, otherwise removes it when it is older than {@link DISCARD_AFTER_MS}.
   */
  async recover(job: RevocationJob): Promise<void> {
    const ageMs = this.#deps.clock.now() - Date.parse(job.createdAt);
    await this.#resolve(job, { isAbandoned: ageMs >= DISCARD_AFTER_MS });
  }

  /**
   * @param how `isAbandoned`: it is certain that no process will still write the edit or deletion
   */
  async #resolve(job: RevocationJob, how: { readonly isAbandoned: boolean }): Promise<void> {
    const isWritten = await this.#isWritten(job);
    if (isWritten === undefined) return;
    if (!isWritten) {
      if (how.isAbandoned) await this.#deps.jobs.remove(job);
      return;
    }
    const { clock, tokens, jobs } = this.#deps;
    const startedAt = new Date(clock.now()).toISOString();
    const coverage = await coverageOf(tokens.store, { usable: usableGrantsOf(job), startedAt });
    const started = await jobs.change(job, { state: 'running', startedAt, ...coverage });
    if (started !== undefined) await this.#deps.schedule(job.id);
  }

  /**
   * Returns whether the edit or deletion was written. `undefined`: this server cannot know, because
   * it lacks the key of the connector; a server with the key decides.
   */
  async #isWritten({
    connectorId = '',
    spaceId = '',
    reason,
    fingerprint,
  }: RevocationJob): Promise<boolean | undefined> {
    const present = await this.#deps.connectors.find(connectorId, spaceId);
    if (present.kind === 'unreadable' && needsAnotherKey(present.reason)) return undefined;
    // The connector exists and its secrets are still corrupt, so the edit was not written.
    if (present.kind === 'unreadable') return false;
    if (present.kind === 'missing') return true;
    const client = this.#deps.tokens.clientResolver.ofConnector(present.connector);
    return reason === 'connector_changed' && client?.fingerprint !== fingerprint;
  }

  async #start(prepared: PreparedRevocation): Promise<RevocationJob> {
    const { jobs, clock, tokens } = this.#deps;
    const startedAt = new Date(clock.now()).toISOString();
    const usable = usableGrantsOf(prepared.attributes);
    const total = await tokens.store.count({ usable });
    const coverage = await coverageOf(tokens.store, { usable, startedAt });
    const started = { state: 'running', startedAt, total, ...coverage } as const;
    const job = await jobs.mutate(
      prepared.id,
      (stored) => {
        if (stored === undefined) return { ...prepared.attributes, ...started };
        return stored.state === 'prepared' ? started : 'skip';
      },
      { visibleToSearch: true },
    );
    if (job === undefined) throw new Error(`Revocation job [${prepared.id}] was not stored.`);
    return job;
  }

  async #finishInline(job: RevocationJob): Promise<RevocationJob> {
    const { jobs, runner, tokens, schedule } = this.#deps;
    if (job.state === 'running') {
      await schedule(job.id);
      return job;
    }
    if (job.ended === 0 && job.failed === 0) {
      await jobs.remove(job);
      return job;
    }
    tokens.outbox.inBackground(async (signal) => {
      await tokens.outbox.processDue(signal, { revocationJobId: job.id });
      const updated = await runner.updateWaiting((await jobs.read(job.id)) ?? job);
      if (!updated.isSettled) await schedule(job.id);
    });
    return job;
  }
}

/** Returns the usable grants of the client that the edit or deletion replaces. */
function usableGrantsOf({ connectorId, fingerprint }: RevocationJobAttributes): UsableGrants {
  return { connectorId, clientFingerprint: fingerprint };
}

/**
 * Returns `true` if an error proves that a write was not made and will not be made. A lost
 * response, a timeout and an unknown error prove nothing.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof SavedObjectError && error.code !== 'store_unavailable';
}
