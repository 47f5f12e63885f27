import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of tokens that wait to be revoked at their provider; id is that of the grant. */
export const OAUTH_REVOCATION_TYPE = 'oauth_revocation';

/** Schema of {@link TokenToRevoke}. */
export const tokenToRevoke = z.strictObject({
  token: z.string().min(1).max(200_000),
  kind: z.enum(['refresh_token', 'access_token']),
});
/** One token, bare (without its type), and which it is. */
export type TokenToRevoke = z.infer<typeof tokenToRevoke>;

const revocableGrantV1 = z.strictObject({
  /** Endpoint and credentials of the client the tokens were issued to; they are never shown to another (attack 114). */
  configuration: z.custom<OAuthClientConfiguration>(
    (value) => typeof value === 'object' && value !== null,
  ),
  accountId: z.string().max(512).optional(),
  /** Of the grant the tokens belong to. Absent in rows of before: that of the row. */
  generation: z.string().min(1).max(64).optional(),
  /** Former name of `revocationJobId`, until version 4. */
  endingId: z.string().min(1).max(64).optional(),
  tokens: z.array(tokenToRevoke).max(100),
});
const revocableGrantV3 = revocableGrantV1.extend({
  /** Of the connector, to read its present client secret. Absent: stored by an older build. */
  spaceId: z.string().min(1).max(64).optional(),
  /** Absent: stored by an older build; then that of the row. */
  retry: z
    .strictObject({
      attempts: z.number().int().nonnegative(),
      nextAttemptAt: z.iso.datetime(),
      waitingSince: z.iso.datetime(),
      /** The provider wants no request before this instant (`Retry-After`). */
      notBefore: z.iso.datetime().optional(),
    })
    .optional(),
});
const revocableGrant = revocableGrantV3.extend({
  /** The revocation job that ended the grant. Absent: a single disconnect. */
  revocationJobId: z.string().min(1).max(64).optional(),
});
/** When a grant is tried again. */
export type RevocationRetry = NonNullable<z.infer<typeof revocableGrant>['retry']>;
/** Tokens of one ended grant, and where they can be revoked. */
export type RevocableGrant = z.infer<typeof revocableGrant>;

/** Grants one entry holds at most. What comes then gets an entry of its own. */
export const MAX_PENDING = 50;

const attributesV1 = z.strictObject({
  connectorId: z.string().min(1).max(512),
  profileUid: z.string().min(1).max(512).optional(),
  /** Of the grant that ended last. */
  grantGeneration: z.string().min(1).max(64),
  /** Encrypted: what to revoke and where, each grant with the client that made it. */
  pending: z.array(revocableGrantV1).max(MAX_PENDING),
  attempts: z.number().int().nonnegative(),
  nextAttemptAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});
const attributesV2 = attributesV1.extend({
  /** Former name of `revocationJobIds`, until version 4. */
  endingIds: z.array(z.string().min(1).max(64)).max(MAX_PENDING).optional(),
});
const attributesV3 = attributesV2.extend({
  pending: z.array(revocableGrantV3).max(MAX_PENDING),
  /** Grants of this row whose revocation finally failed. Kept for {@link FAILURE_KEPT_MS}. */
  failed: z.strictObject({ count: z.number().int().positive(), at: z.iso.datetime() }).optional(),
});
const attributesV4 = attributesV3.extend({
  pending: z.array(revocableGrant).max(MAX_PENDING),
  /** Revocation jobs whose grants wait here, so that a job can count its remaining grants. */
  revocationJobIds: z.array(z.string().min(1).max(64)).max(MAX_PENDING).optional(),
});
/** Attributes of `oauth_revocation`, decrypted. */
export type RevocationAttributes = z.infer<typeof attributesV4>;

/** How long a failure is reported, from the last one of its row. */
export const FAILURE_KEPT_MS = 90 * 24 * 60 * 60_000;

/** In the store, what is pending is one ciphertext. */
const stored = <T extends typeof attributesV1>(schema: T) =>
  schema.omit({ pending: true }).extend({ pending: z.unknown() });

/**
 * The outbox of revocations. Version 2 says, searchably, which runs are waiting for it. Version 3
 * gives each grant a backoff of its own, and keeps the number of failures. Version 4 renames
 * `endingId` and `endingIds` to `revocationJobId` and `revocationJobIds`.
 */
export const oauthRevocationType: SavedObjectsType = {
  name: OAUTH_REVOCATION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: {
    properties: {
      connectorId: { type: 'keyword' },
      profileUid: { type: 'keyword' },
      nextAttemptAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: {
      changes: [],
      schemas: { create: attributesV1, forwardCompatibility: stored(attributesV1) },
    },
    2: {
      changes: [{ type: 'mappings_addition', addedMappings: { endingIds: { type: 'keyword' } } }],
      schemas: { create: attributesV2, forwardCompatibility: stored(attributesV2) },
    },
    3: {
      changes: [],
      schemas: { create: attributesV3, forwardCompatibility: stored(attributesV3) },
    },
    4: {
      changes: [
        { type: 'mappings_addition', addedMappings: { revocationJobIds: { type: 'keyword' } } },
        {
          type: 'data_backfill',
          backfill: ({ endingIds }) =>
            endingIds === undefined ? {} : { revocationJobIds: endingIds },
        },
      ],
      schemas: { create: attributesV4, forwardCompatibility: stored(attributesV4) },
    },
  },
};

/**
 * A grant with today's member names. Versions before 4 stored `endingId`, which no migration can
 * reach inside the ciphertext.
 */
export function withCurrentNames({ endingId, ...grant }: RevocableGrant): RevocableGrant {
  const revocationJobId = grant.revocationJobId ?? endingId;
  return revocationJobId === undefined ? grant : { ...grant, revocationJobId };
}

/** Tokens of ended grants stay as encrypted as those in use. */
export const revocationEncryption = {
  type: OAUTH_REVOCATION_TYPE,
  attributesToEncrypt: ['pending'],
  attributesToIncludeInAAD: ['connectorId', 'profileUid', 'grantGeneration', 'createdAt'],
} as const;
