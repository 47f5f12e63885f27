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

/** Saved-object type of revocation jobs, which keep the former clients. */
export const OAUTH_REVOCATION_JOB_TYPE = 'oauth_revocation_job';

/** Attributes of a revocation job that store a former client. */
export const formerClientAttributes = {
  /**
   * Fingerprint of the client whose grants end. Only for jobs that belong to an edit or a deletion.
   */
  fingerprint: z.string().min(1).max(128).optional(),
  /**
   * Encrypted: the client of `fingerprint`, which the connector no longer has. Removed when the job
   * is settled.
   */
  client: z
    .custom<OAuthClientConfiguration>((value) => typeof value === 'object' && value !== null)
    .optional(),
};

/** {@link formerClientAttributes} as stored. */
export interface FormerClientAttributes {
  readonly fingerprint?: string | undefined;
  readonly client?: OAuthClientConfiguration | undefined;
}

/**
 * Maps to the stored form. `undefined`: there is no client, because the connector is incomplete.
 */
export function toFormerClient(
  client: RevocationClient | undefined,
): Required<FormerClientAttributes> | Record<string, never> {
  if (client === undefined) return {};
  return { fingerprint: client.fingerprint, client: client.configuration };
}

/**
 * The clients that connectors had before an edit or their deletion. Only they can revoke the grants
 * that they made. The edit or deletion stores the client in its revocation job, in one write: there
 * is no moment at which one of them exists without the other. The client is removed when no token
 * of it waits any more.
 */
export class FormerClients {
  readonly #repository: Pick<SavedObjectsRepository, 'find' | 'getIfExists'>;

  /** @param repository must include {@link OAUTH_REVOCATION_JOB_TYPE} */
  constructor(repository: Pick<SavedObjectsRepository, 'find' | 'getIfExists'>) {
    this.#repository = repository;
  }

  /**
   * The client of this fingerprint that a connector had. Available while grants of that client are
   * being revoked. `undefined`: unknown.
   * @throws SavedObjectError `store_unavailable` when only jobs remain whose key this server lacks
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
   * The client whose grants a job ends. `undefined`: the job has no client, or it is corrupt.
   * @throws SavedObjectError `store_unavailable` when this server lacks its key
   */
  async ofJob(revocationJobId: string): Promise<RevocationClient | undefined> {
    try {
      const row = await this.#repository.getIfExists<FormerClientAttributes>(
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
