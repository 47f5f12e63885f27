import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of runs that end many grants. */
export const OAUTH_REVOCATION_JOB_TYPE = 'oauth_revocation_job';

const id = z.string().min(1).max(512);
const count = z.number().int().nonnegative();
const instant = z.iso.datetime();

/** Which grant a page names: person, connector, and the authorization it was when the page was made. */
const plannedGrant = z.strictObject({
  connectorId: id,
  profileUid: id,
  generation: z.string().min(1).max(64),
});
export type PlannedGrant = z.infer<typeof plannedGrant>;

/** Grants of one page: what a crash leaves to look at again, and what two writes to the run enclose. */
export const PAGE_SIZE = 100;

/** Schema of {@link RevocationJobAttributes}. */
export const revocationJobAttributes = z.strictObject({
  scope: z.enum(['connector', 'user', 'provider', 'all']),
  connectorId: id.optional(),
  profileUid: id.optional(),
  /** Name of an EARS provider, or host of a token endpoint; lower case. */
  provider: z.string().min(1).max(512).optional(),
  reason: z.enum([
    'mass_revoke',
    'connector_changed',
    'connector_deleted',
    'user_removed',
    'access_lost',
  ]),
  state: z.enum(['prepared', 'running', 'completed', 'cancelled']),
  /** `true`: nothing is left to do or to count. */
  isSettled: z.boolean(),
  /** The connector's space, for runs that follow an edit or a deletion. */
  spaceId: z.string().min(1).max(64).optional(),
  /** Of the client whose grants end; only for runs that follow an edit or a deletion. */
  fingerprint: z.string().min(1).max(128).optional(),
  /** Encrypted: that client, which the connector itself has forgotten. Removed when the run is settled. */
  client: z
    .custom<OAuthClientConfiguration>((value) => typeof value === 'object' && value !== null)
    .optional(),
  requestedBy: z
    .strictObject({
      username: z.string().max(1024),
      profileUid: id,
      roles: z.array(z.string().max(1024)).max(1000),
      authenticationType: z.enum(['session', 'basic', 'api_key']),
      spaceId: z.string().max(64),
      requestId: z.string().max(256).optional(),
    })
    .optional(),
  createdAt: instant,
  /** Grants authorized later are spared. */
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  settledAt: instant.optional(),
  /** Who works on it; another who takes over ends this one's writes. */
  worker: z.string().max(128).optional(),
  page: z.array(plannedGrant).max(PAGE_SIZE).optional(),
  /** Grants found so far, or counted at the start where a count is cheap. */
  total: count,
  ended: count,
  /** Of those ended: nobody could be asked to revoke them. */
  unrevocable: count,
  /** Could not be ended here, in the last pass. */
  failed: count,
  /** What the outbox tells of grants of this run; everything else of it was revoked or waits. */
  results: z.strictObject({ failed: count, unsupported: count, replaced: count }),
  /** As last counted. */
  waiting: count,
});
/** Attributes of `oauth_revocation_job`, decrypted. */
export type RevocationJobAttributes = z.infer<typeof revocationJobAttributes>;

/**
 * Runs that end many grants, with their progress. A mass revocation, an edit, a deletion or a
 * deleted user starts one. Version 2 lets the deletion of a space find its runs.
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

/** The client of an edited connector holds its secret. */
export const revocationJobEncryption = {
  type: OAUTH_REVOCATION_JOB_TYPE,
  attributesToEncrypt: ['client'],
  attributesToIncludeInAAD: ['scope', 'connectorId', 'profileUid', 'fingerprint', 'createdAt'],
} as const;
