import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import {
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import { missingKeyError } from '../grants/token_errors.ts';
import type { RevocationClient } from './client_resolver.ts';

/** Saved-object type of revocation jobs, in which former clients are stored. */
export const OAUTH_REVOCATION_JOB_TYPE = 'oauth_revocation_job';

/** Attributes of a revocation job that contain a former client. */
export const formerClientAttributes = {
  /**
   * Fingerprint of the client whose grants the job ends. Only jobs of an edit or a deletion have
   * it.
   */
  fingerprint: z.string().min(1).max(128).optional(),
  /**
   * Configuration of the client with this fingerprint, which the connector no longer has.
   * Encrypted. Removed when the job is settled.
   */
  client: z
    .custom<OAuthClientConfiguration>((value) => typeof value === 'object' && value !== null)
    .optional(),
};

/** A former client as a job stores it. Both members are absent if the job has none. */
export interface StoredFormerClient {
  readonly fingerprint?: string | undefined;
  readonly client?: OAuthClientConfiguration | undefined;
}

/**
 * Maps a client to the attributes of a job. Empty if there is no client, because the connector is
 * incomplete.
 */
export function toFormerClient(
  client: RevocationClient | undefined,
): Required<StoredFormerClient> | Record<string, never> {
  if (client === undefined) return {};
  return { fingerprint: client.fingerprint, client: client.configuration };
}

/**
 * Reads former clients: those that connectors had before an edit or their deletion. Only a former
 * client can revoke the grants that it obtained. The edit or deletion stores it in its revocation
 * job with one write, so a job never exists without its client. It is removed when none of its
 * tokens is waiting.
 */
export class FormerClients {
  readonly #repository: Pick<SavedObjectsRepository, 'find' | 'getIfExists'>;

  /** @param repository must have access to {@link OAUTH_REVOCATION_JOB_TYPE} */
  constructor(repository: Pick<SavedObjectsRepository, 'find' | 'getIfExists'>) {
    this.#repository = repository;
  }

  /**
   * Returns a former client of a connector. It is stored while its grants are being revoked.
   * `undefined`: the client is unknown.
   * @throws SavedObjectError `store_unavailable` when it may be in a job whose key this server
   * lacks
   */
  async find(connectorId: string, fingerprint: string): Promise<RevocationClient | undefined> {
    const { savedObjects } = await this.#repository.find({
      type: OAUTH_REVOCATION_JOB_TYPE,
      filter: filter.and(
        filter.equals('connectorId', connectorId),
        filter.equals('fingerprint', fingerprint),
        filter.equals('isSettled', false),
      ),
      perPage: 10,
    });
    let missingKey: unknown;
    for (const { id } of savedObjects) {
      try {
        const client = await this.ofJob(id);
        if (client?.fingerprint === fingerprint) return client;
      } catch (error) {
        if (!needsAnotherKey(error)) throw error;
        missingKey = error;
      }
    }
    if (missingKey !== undefined) throw missingKey;
    return undefined;
  }

  /**
   * Returns the client whose grants a job ends. `undefined`: the job has no client, or the client
   * is corrupt.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the job
   */
  async ofJob(revocationJobId: string): Promise<RevocationClient | undefined> {
    try {
      const row = await this.#repository.getIfExists<StoredFormerClient>(
        OAUTH_REVOCATION_JOB_TYPE,
        revocationJobId,
        { decrypt: true },
      );
      const { fingerprint, client } = row?.attributes ?? {};
      return fingerprint === undefined || client === undefined
        ? undefined
        : { fingerprint, configuration: client };
    } catch (error) {
      if (!isSavedObjectError(error, 'undecryptable')) throw error;
      if (needsAnotherKey(error)) throw missingKeyError(error);
      return undefined;
    }
  }
}
