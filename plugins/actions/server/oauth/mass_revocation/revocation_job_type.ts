import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { formerClientAttributes, OAUTH_REVOCATION_JOB_TYPE } from '../tokens/index.ts';

const id = z.string().min(1).max(512);
const count = z.number().int().nonnegative();
const instant = z.iso.datetime();

/**
 * A grant of a page: connector, user, and the generation of the grant when the page was planned.
 */
const plannedGrant = z.strictObject({
  connectorId: id,
  profileUid: id,
  generation: z.string().min(1).max(64),
});
/** A grant that a revocation job will end. */
export type PlannedGrant = z.infer<typeof plannedGrant>;

/**
 * Number of grants per page. The job is written before and after each page, so at most one page is
 * processed again after a crash.
 */
export const PAGE_SIZE = 100;

/** Schema of model version 1. */
export const revocationJobAttributesV1 = z.strictObject({
  scope: z.enum(['connector', 'user', 'provider', 'all']),
  connectorId: id.optional(),
  profileUid: id.optional(),
  /** Name of an EARS provider, or host of a token endpoint, in lower case. */
  provider: z.string().min(1).max(512).optional(),
  reason: z.enum([
    'mass_revoke',
    'connector_changed',
    'connector_deleted',
    'user_removed',
    'access_lost',
  ]),
  state: z.enum(['prepared', 'running', 'completed', 'cancelled']),
  /** `true`: all grants have ended, and no revocation is waiting. */
  isSettled: z.boolean(),
  /** Space of the connector. Present only for jobs that belong to an edit or a deletion. */
  spaceId: z.string().min(1).max(64).optional(),
  ...formerClientAttributes,
  requestedBy: z
    .strictObject({
      username: z.string().max(1024),
      profileUid: id,
      roles: z.array(z.string().max(1024)).max(1000),
      authenticationType: z.enum(['session', 'basic', 'api_key', 'deferred']),
      spaceId: z.string().max(64),
      requestId: z.string().max(256).optional(),
    })
    .optional(),
  createdAt: instant,
  /** Instant of the start. Absent: the job has not started. */
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  settledAt: instant.optional(),
  /** Id of the worker that owns the job. Writes of another worker fail. */
  worker: z.string().max(128).optional(),
  page: z.array(plannedGrant).max(PAGE_SIZE).optional(),
  /**
   * Number of grants found so far. Contains all grants from the start if they could be counted by a
   * search.
   */
  total: count,
  ended: count,
  /**
   * Number of ended grants whose tokens could not be put into the outbox, because no client could
   * revoke them.
   */
  unrevocable: count,
  /** Number of grants that could not be ended here in the last pass. */
  failed: count,
  /**
   * Results that the outbox has reported. Ended grants that are not counted here were revoked, or
   * wait.
   */
  results: z.strictObject({ failed: count, unsupported: count, replaced: count }),
  /** Number of revocations that were waiting at the last count. */
  waiting: count,
});
const revocationJobAttributesV2 = revocationJobAttributesV1.extend({
  /**
   * Latest date of an authorization that the job covers: the start, or the latest date of a grant
   * of the job that existed then, because the clock of another server may be ahead. Grants with a
   * later date are skipped. Absent: an older version started the job; the start applies.
   */
  coversUntil: instant.optional(),
});
/** Attributes of `oauth_revocation_job`, decrypted. */
export type RevocationJobAttributes = z.infer<typeof revocationJobAttributesV2>;

/** Schema of the document in the store, where the client is one encrypted string. */
const stored = <T extends typeof revocationJobAttributesV1>(schema: T) =>
  schema.omit({ client: true }).extend({ client: z.unknown().optional() });

/**
 * Saved-object type of jobs that end many grants. A mass revocation, an edit, a deletion or the
 * removal of a user creates a job. Version 2 adds the latest date that the job covers.
 */
export const oauthRevocationJobType: SavedObjectsType = {
  name: OAUTH_REVOCATION_JOB_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: {
    properties: {
      scope: { type: 'keyword' },
      connectorId: { type: 'keyword' },
      profileUid: { type: 'keyword' },
      provider: { type: 'keyword' },
      reason: { type: 'keyword' },
      state: { type: 'keyword' },
      isSettled: { type: 'boolean' },
      fingerprint: { type: 'keyword' },
      spaceId: { type: 'keyword' },
      createdAt: { type: 'date' },
      settledAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: revocationJobAttributesV1,
        forwardCompatibility: stored(revocationJobAttributesV1),
      },
    },
    2: {
      changes: [],
      schemas: {
        create: revocationJobAttributesV2,
        forwardCompatibility: stored(revocationJobAttributesV2),
      },
    },
  },
};

/** Encrypts the client of an edited or deleted connector, because it contains the client secret. */
export const revocationJobEncryption = {
  type: OAUTH_REVOCATION_JOB_TYPE,
  attributesToEncrypt: ['client'],
  attributesToIncludeInAAD: ['scope', 'connectorId', 'profileUid', 'fingerprint', 'createdAt'],
} as const;
