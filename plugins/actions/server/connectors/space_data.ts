import type { Clock, Logger } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { SpaceDataRequest, SpaceDataResult } from '@latchkey/spaces-plugin/server';
import { BoundedPool } from '../oauth/limits/index.ts';
import type { SpaceJobs } from '../oauth/mass_revocation/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import type { ConnectorService } from './connector_service.ts';
import type { ConnectorStore } from './connector_store.ts';

/**
 * Number of connectors that are deleted in parallel. Each deletion waits up to two seconds until
 * its grants have ended.
 */
const CONCURRENCY = 5;

/**
 * Milliseconds after which a connector is deleted even though no server has had the key of its
 * client. Without this limit, a lost key would prevent the deletion of the space for ever.
 * Revocation jobs wait equally long for a key.
 */
const FORCE_AFTER_MS = 24 * 60 * 60_000;

/** Stores that contain documents of a space, and the services that remove them. */
interface SpaceDataOptions {
  readonly store: ConnectorStore;
  readonly connectors: Pick<ConnectorService, 'deleteWithSpace'>;
  readonly jobs: SpaceJobs;
  readonly grants: Tokens['store'];
  readonly states: {
    removeOfSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number>;
    countOfSpace(spaceId: string): Promise<number>;
  };
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * The data that this plugin stores in a space. The handler deletes connectors one by one, as a user
 * would: a stored job ends and revokes the grants of each connector. The space is empty when no job
 * has usable grants left. Tokens that wait for their revocation stay in the outbox, because nobody
 * can use them here.
 */
export class SpaceData {
  readonly #options: SpaceDataOptions;

  constructor(options: SpaceDataOptions) {
    this.#options = options;
  }

  /**
   * Deletes connectors, grants and flows of a space, as described at `SpaceDataHandler.deleteData`.
   */
  async delete(request: SpaceDataRequest): Promise<SpaceDataResult> {
    const { spaceId, ensureCurrent, signal } = request;
    const { store, jobs, states } = this.#options;
    const removedStates = await states.removeOfSpace(spaceId, ensureCurrent);
    const { connectors, authorizations, failed } = await this.#deleteConnectors(request);
    const isStored = async (id: string) => (await store.read(id, spaceId)) !== undefined;
    const { unfinished, finishedConnectors } = await jobs.resume(spaceId, isStored);
    for (const id of finishedConnectors) await this.#deleteRevokedGrants(id, request);
    const abortedCount = signal.aborted ? 1 : 0;
    return {
      removed: { connectors, authorizations, authorization_flows: removedStates },
      remaining: failed + unfinished + abortedCount,
    };
  }

  /** Counts connectors and grants of a space, as described at `SpaceDataHandler.countData`. */
  async count(spaceId: string): Promise<Readonly<Record<string, number>>> {
    const { store, grants, states } = this.#options;
    const ids = await store.idsIn(spaceId);
    const { perUser, shared } = await grants.countOf(ids);
    return {
      connectors: ids.length,
      authorizations: perUser,
      shared_tokens: shared,
      authorization_flows: await states.countOfSpace(spaceId),
    };
  }

  /**
   * Returns the spaces that contain a connector, as described at `SpaceDataHandler.spacesInUse`.
   */
  spacesInUse(): AsyncIterable<string> {
    return this.#options.store.spacesInUse();
  }

  /**
   * Counts unfinished revocations of a space, as described at `SpaceDataHandler.countOutstanding`.
   */
  async countOutstanding(spaceId: string): Promise<Readonly<Record<string, number>>> {
    const counts = await this.#options.jobs.countRevocations(spaceId);
    return {
      revocations: counts.waiting,
      failed_revocations: counts.failed,
      unsupported_revocations: counts.unsupported,
    };
  }

  async #deleteConnectors(request: SpaceDataRequest) {
    const { store, connectors, clock, logger } = this.#options;
    const { spaceId, requestedBy, deletingSince, signal, ensureCurrent } = request;
    const pool = new BoundedPool(CONCURRENCY);
    const sum = { connectors: 0, authorizations: 0, failed: 0 };
    const deleteOne = async (id: string): Promise<void> => {
      if (signal.aborted) return;
      const connector = await store.readStoredForChange(id, spaceId);
      if (connector === undefined) return;
      await this.#deleteRevokedGrants(id, request);
      await ensureCurrent();
      sum.authorizations += await connectors.deleteWithSpace(connector, {
        actor: requestedBy,
        isForced: clock.now() - deletingSince.getTime() >= FORCE_AFTER_MS,
      });
      sum.connectors += 1;
    };
    const all = await store.idsIn(spaceId);
    const results = await Promise.allSettled(all.map((id) => pool.run(() => deleteOne(id))));
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      const { reason } = result;
      // Another request has just edited or deleted the connector. The next call handles the new
      // version.
      const isConflict = reason instanceof SavedObjectError && reason.code === 'conflict';
      if (!isConflict && !(reason instanceof SavedObjectError)) throw reason;
      sum.failed += 1;
      if (!isConflict)
        logger.warn(`A connector of space [${spaceId}] could not be deleted and will be retried`, {
          error: reason,
        });
    }
    return sum;
  }

  /**
   * Removes the documents of grants that have ended or were never completed. These documents
   * contain no tokens.
   */
  async #deleteRevokedGrants(
    connectorId: string,
    { spaceId, ensureCurrent }: SpaceDataRequest,
  ): Promise<void> {
    const { grants } = this.#options;
    for await (const batch of grants.iterate({ connectorId })) {
      const left = batch.filter(
        (record) =>
          record.spaceId === spaceId && (record.state === 'pending' || record.state === 'ended'),
      );
      if (left.length === 0) continue;
      await ensureCurrent();
      for (const record of left) await grants.delete(record);
    }
  }
}
