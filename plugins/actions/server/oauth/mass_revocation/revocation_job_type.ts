import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { formerClientAttributes, OAUTH_REVOCATION_JOB_TYPE } from '../tokens/index.ts';

const id = z.string().min(1).max(512);
const count = z.number().int().nonnegative();
const instant = z.iso.datetime();

/** One grant of a page: connector, user, and the generation at the time of planning. */
const plannedGrant = z.strictObject({
  connectorId: id,
  profileUid: id,
  generation: z.string().min(1).max(64),
});
/** A grant that a revocation job will end. */
export type PlannedGrant = z.infer<typeof plannedGrant>;

/**
 * Grants per page. The job is written before and after each page, so a crash repeats at most one
 * page.
 */
export const PAGE_SIZE = 100;

/** Schema of {@link RevocationJobAttributes}. */
export const revocationJobAttributes = z.strictObject({
  scope: z.enum(['connector', 'user', 'provider', 'all']),
  connectorId: id.optional(),
  profileUid: id.optional(),
  /** Name of an EARS provider, or host of a token endpoint. Lower case. */
  provider: z.string().min(1).max(512).optional(),
  reason: z.enum([
    'mass_revoke',
    'connector_changed',
    'connector_deleted',
    'user_removed',
    'access_lost',
  ]),
  state: z.enum(['prepared', 'running', 'completed', 'cancelled']),
  /** `true`: no grant is left to end and no revocation to count. */
  isSettled: z.boolean(),
  /** Space of the connector, for jobs that belong to an edit or a deletion. */
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
  /** Grants authorized later are skipped. */
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  settledAt: instant.optional(),
  /**
   * Id of the worker that owns the job. When another worker takes over, writes of this one fail.
   */
  worker: z.string().max(128).optional(),
  page: z.array(plannedGrant).max(PAGE_SIZE).optional(),
  /** Grants found so far, or counted at the start where counting is cheap. */
  total: count,
  ended: count,
  /** Ended grants whose revocation could not be requested from any provider. */
  unrevocable: count,
  /** Grants that could not be ended here, in the last pass. */
  failed: count,
  /** Results that the outbox reported. All other ended grants were revoked or still wait. */
  results: z.strictObject({ failed: count, unsupported: count, replaced: count }),
  /** Revocations that waited at the last count. */
  waiting: count,
});
/** Attributes of `oauth_revocation_job`, decrypted. */
export type RevocationJobAttributes = z.infer<typeof revocationJobAttributes>;

/**
 * Jobs that end many grants, with their progress. A mass revocation, an edit, a deletion or a
 * removed user starts one. Version 2 adds `spaceId` to the mappings, so that the deletion of a
 * space finds its jobs.
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
        create: revocationJobAttributes,
        forwardCompatibility: revocationJobAttributes
          .omit({ client: true })
          .extend({ client: z.unknown().optional() }),
      },
    },
  },
};

/** Encrypts the client of an edited connector, which contains its secret. */
export const revocationJobEncryption = {
  type: OAUTH_REVOCATION_JOB_TYPE,
  attributesToEncrypt: ['client'],
  attributesToIncludeInAAD: ['scope', 'connectorId', 'profileUid', 'fingerprint', 'createdAt'],
} as const;
