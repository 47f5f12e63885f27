import type { Logger } from '@latchkey/core/server';
import {
  isConflict,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import { OAUTH_REVOCATION_JOB_TYPE } from '../tokens/index.ts';
import { type RevocationJobAttributes, revocationJobAttributesV1 } from './revocation_job_type.ts';

/** Saved-object type of revocation jobs in versions before 0.1.0. */
const OAUTH_ENDING_TYPE = 'oauth_ending';

const { results, scope: _, ...unchanged } = revocationJobAttributesV1.shape;
const legacyAttributes = z.strictObject({
  ...unchanged,
  scope: z.enum(['connector', 'person', 'provider', 'all']),
  fates: results,
});
type LegacyAttributes = z.infer<typeof legacyAttributes>;

const storedLegacyAttributes = legacyAttributes
  .omit({ client: true })
  .extend({ client: z.unknown().optional() });
const schemas = { create: legacyAttributes, forwardCompatibility: storedLegacyAttributes };

/**
 * Saved-object type of old jobs. Registered only so that they can be read; new jobs have the type
 * `oauth_revocation_job`.
 */
export const legacyJobType: SavedObjectsType = {
  name: OAUTH_ENDING_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { state: { type: 'keyword' } } },
  modelVersions: { 1: { changes: [], schemas }, 2: { changes: [], schemas } },
};

/** Encryption of jobs of the former type. */
export const legacyJobEncryption = {
  type: OAUTH_ENDING_TYPE,
  attributesToEncrypt: ['client'],
  attributesToIncludeInAAD: ['scope', 'connectorId', 'profileUid', 'fingerprint', 'createdAt'],
} as const;

/**
 * Stores every job of the former type as `oauth_revocation_job` with the same id, and deletes the
 * former document. After a crash, at most one job is converted again. A corrupt job is converted
 * without its client.
 * @returns number of converted jobs
 * @throws the first error of a job, after all other jobs were converted
 * @throws SavedObjectError `undecryptable` when this server lacks the key of a job
 */
export async function convertLegacyJobs(
  repository: SavedObjectsRepository,
  logger: Logger,
): Promise<number> {
  let converted = 0;
  const errors: unknown[] = [];
  const batches = repository.iterate<LegacyAttributes>({ type: OAUTH_ENDING_TYPE });
  for await (const batch of batches)
    for (const { id } of batch) {
      try {
        if (await convert(repository, id, logger)) converted += 1;
      } catch (error) {
        errors.push(error);
      }
    }
  if (errors.length > 0) throw errors[0];
  return converted;
}

/**
 * Reads a job of the former type. `undefined`: the job does not exist.
 * @throws SavedObjectError `undecryptable` when this server lacks the key of the job
 */
async function readLegacyJob(
  repository: SavedObjectsRepository,
  id: string,
  logger: Logger,
): Promise<SavedObject<LegacyAttributes> | undefined> {
  try {
    return await repository.getIfExists(OAUTH_ENDING_TYPE, id, { decrypt: true });
  } catch (error) {
    if (!isSavedObjectError(error, 'undecryptable') || needsAnotherKey(error)) throw error;
    logger.warn(
      `The client of revocation job [${id}] of an older version is corrupt. Tokens of this client cannot be revoked`,
      { error },
    );
    return repository.getIfExists(OAUTH_ENDING_TYPE, id);
  }
}

/** Converts a job. `false`: another process has already converted it. */
async function convert(
  repository: SavedObjectsRepository,
  id: string,
  logger: Logger,
): Promise<boolean> {
  const stored = await readLegacyJob(repository, id, logger);
  if (stored === undefined) return false;
  const { scope, fates, ...rest } = stored.attributes;
  const attributes: RevocationJobAttributes = {
    ...rest,
    scope: scope === 'person' ? 'user' : scope,
    results: fates,
  };
  try {
    await repository.create(OAUTH_REVOCATION_JOB_TYPE, attributes, { id });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  try {
    await repository.delete(OAUTH_ENDING_TYPE, id, { version: stored.version });
  } catch (error) {
    if (isConflict(error) || isSavedObjectError(error, 'not_found')) return false;
    throw error;
  }
  return true;
}
