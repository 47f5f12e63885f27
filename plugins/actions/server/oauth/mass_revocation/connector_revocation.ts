import type { Clock, Logger, Principal, Randomness } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector, ProviderClientFactory } from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import type { RevocationClient, Tokens } from '../tokens/index.ts';
import { createJob } from './create_job.ts';
import type { RevocationJob } from './revocation_job.ts';
import type { RevocationJobRunner } from './revocation_job_runner.ts';
import type { RevocationJobStore } from './revocation_job_store.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

/** Milliseconds an edit or a deletion waits for its grants to end; the rest goes on in the background. */
const INLINE_MS = 2000;
/**
 * A prepared run whose edit or deletion is not written is removed after this time. Its process may
 * be paused between the two writes, or the clock of the process that looks may be ahead. Until then
 * the run costs nothing.
 */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000;

/** An ending that is recorded and not begun: the edit or deletion it follows has not been written. */
export type PreparedRevocation = Pick<RevocationJob, 'id'> & {
  readonly attributes: RevocationJobAttributes;
};

/** What {@link ConnectorRevocation} works with. */
export interface ConnectorRevocationDeps {
  readonly runs: RevocationJobStore;
  readonly worker: RevocationJobRunner;
  readonly tokens: Pick<Tokens, 'outbox' | 'background' | 'store'>;
  readonly connectors: ConnectorReader;
  readonly clients: Pick<ProviderClientFactory, 'resolveRevocationClient'>;
  /** Has the run worked on by some process, soon. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Ends the grants that an edit or a deletion of their connector leaves behind. */
export class ConnectorRevocation {
  readonly #deps: ConnectorRevocationDeps;

  constructor(deps: ConnectorRevocationDeps) {
    this.#deps = deps;
  }

  /**
   * Records that the grants of a connector are about to lose it, together with the client they can be revoked by. Call before the edit or deletion is
   * written; if this process dies in between, what is stored then decides whether it happened.
   */
  async prepare(request: {
    readonly connector: DecryptedConnector;
    readonly reason: 'connector_changed' | 'connector_deleted';
    readonly actor: Principal | undefined;
  }): Promise<PreparedRevocation> {
    const { connector, reason, actor } = request;
    const client = this.#clientOf(connector);
    const { clock, randomness } = this.#deps;
    const former =
      client === undefined ? {} : { fingerprint: client.fingerprint, client: client.configuration };
    const attributes = createJob(
      clock,
      {
        scope: 'connector',
        connectorId: connector.id,
        spaceId: connector.spaceId,
        reason,
        state: 'prepared',
        ...former,
      },
      actor,
    );
    const id = randomness.uuid();
    await this.#deps.runs.create(id, attributes);
    return { id, attributes };
  }

  /**
   * Begins what was prepared, now that it is written. Resolves when every grant is over, or after two seconds: then the run goes on in the background.
   * A run that found nothing to end is forgotten.
   */
  async begin(prepared: PreparedRevocation): Promise<RevocationJob> {
    const run = await this.#start(prepared);
    const { clock, tokens, runs } = this.#deps;
    const timeout = new AbortController();
    const done = new AbortController();
    const work = this.#workInline(run, timeout.signal).finally(() => done.abort());
    // Whoever asked does not wait for a page under way either; a server that stops does.
    tokens.background.run(() => work);
    const waited = clock.sleep(INLINE_MS, done.signal).then(
      async () => {
        timeout.abort();
        return (await runs.read(run.id).catch(() => undefined)) ?? run;
      },
      () => work,
    );
    return Promise.race([work, waited]);
  }

  async #workInline(run: RevocationJob, timeout: AbortSignal): Promise<RevocationJob> {
    const { randomness, worker, runs, logger } = this.#deps;
    try {
      const worked = await worker.work(run.id, `inline:${randomness.uuid()}`, timeout);
      return await this.#afterwards(worked ?? (await runs.read(run.id)) ?? run);
    } catch (error) {
      // The change is written and the run with it: nobody has to repeat anything, some process goes on with it.
      logger.warn(`Run [${run.id}] goes on later`, { error });
      return run;
    }
  }

  /** The edit or deletion failed, perhaps after all it did not: what is stored decides. Never rejects; a later look finds what this one cannot. */
  async abandon({ id }: PreparedRevocation): Promise<void> {
    try {
      const run = await this.#deps.runs.read(id);
      if (run?.state === 'prepared') await this.#resolve(run, { isAbandoned: true });
    } catch (error) {
      this.#deps.logger.warn(`Run [${id}] is looked at again later`, { error });
    }
  }

  /**
   * Starts a run that was found prepared, or removes it after {@link FORGOTTEN_AFTER_MS}. The
   * stored connector tells if the edit or deletion happened.
   */
  async resolveLeft(run: RevocationJob): Promise<void> {
    const ageMs = this.#deps.clock.now() - Date.parse(run.createdAt);
    await this.#resolve(run, { isAbandoned: ageMs >= FORGOTTEN_AFTER_MS });
  }

  /** @param how `isAbandoned`: no process will write the edit or deletion any more */
  async #resolve(run: RevocationJob, how: { readonly isAbandoned: boolean }): Promise<void> {
    if (!(await this.#hasHappened(run))) {
      if (how.isAbandoned) await this.#deps.runs.remove(run);
      return;
    }
    const startedAt = new Date(this.#deps.clock.now()).toISOString();
    const started = await this.#deps.runs.change(run, { state: 'running', startedAt });
    if (started !== undefined) await this.#deps.schedule(run.id);
  }

  async #hasHappened({
    connectorId = '',
    spaceId = '',
    reason,
    fingerprint,
  }: RevocationJob): Promise<boolean> {
    let present: DecryptedConnector | undefined;
    try {
      present = await this.#deps.connectors.readDecrypted(connectorId, spaceId);
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'undecryptable')) throw error;
      // It is there, as unreadable as before.
      return false;
    }
    if (present === undefined) return true;
    return reason === 'connector_changed' && this.#clientOf(present)?.fingerprint !== fingerprint;
  }

  async #start(prepared: PreparedRevocation): Promise<RevocationJob> {
    const { runs, clock, tokens } = this.#deps;
    const startedAt = new Date(clock.now()).toISOString();
    const { connectorId, fingerprint } = prepared.attributes;
    const usable = { connectorId, clientFingerprint: fingerprint };
    const total = await tokens.store.count({ usable });
    const started = { state: 'running', startedAt, total } as const;
    const job = await runs.mutate(
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

  async #afterwards(run: RevocationJob): Promise<RevocationJob> {
    const { runs, worker, tokens, schedule } = this.#deps;
    if (run.state === 'running') {
      await schedule(run.id);
      return run;
    }
    if (run.ended === 0 && run.failed === 0) {
      await runs.remove(run);
      return run;
    }
    tokens.background.run(async (signal) => {
      await tokens.outbox.workOff(signal, { revocationJobId: run.id });
      const settled = await worker.settle((await runs.read(run.id)) ?? run);
      if (!settled.isSettled) await schedule(run.id);
    });
    return run;
  }

  #clientOf(connector: DecryptedConnector): RevocationClient | undefined {
    try {
      return this.#deps.clients.resolveRevocationClient(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      throw error;
    }
  }
}
