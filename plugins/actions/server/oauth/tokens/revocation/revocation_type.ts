import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { tokenToRevoke } from '../grants/held_grant.ts';

/**
 * Saved-object type of tokens that wait to be revoked at their provider. The id of a document is
 * that of the grant.
 */
export const OAUTH_REVOCATION_TYPE = 'oauth_revocation';

const revocableGrantV1 = z.strictObject({
  /**
   * Endpoint and credentials of the client to which the tokens were issued. The tokens are never
   * sent to another client (H114).
   */
  configuration: z.custom<OAuthClientConfiguration>(
    (value) => typeof value === 'object' && value !== null,
  ),
  accountId: z.string().max(512).optional(),
  /**
   * Generation of the grant to which the tokens belong. Absent: an older version stored the grant;
   * the generation of the entry applies.
   */
  generation: z.string().min(1).max(64).optional(),
  /** Former name of `revocationJobId`, before version 4. */
  endingId: z.string().min(1).max(64).optional(),
  tokens: z.array(tokenToRevoke).max(100),
});
const revocableGrantV3 = revocableGrantV1.extend({
  /**
   * Space of the connector, which is needed to read its current client secret. Absent: stored by an
   * older version.
   */
  spaceId: z.string().min(1).max(64).optional(),
  /**
   * Retry state of the grant. Absent: an older version stored the grant; the retry state of the
   * entry applies.
   */
  retry: z
    .strictObject({
      attempts: z.number().int().nonnegative(),
      nextAttemptAt: z.iso.datetime(),
      waitingSince: z.iso.datetime(),
      /** Instant before which no request may be sent (`Retry-After` of the provider). */
      notBefore: z.iso.datetime().optional(),
    })
    .optional(),
});
const revocableGrantV4 = revocableGrantV3.extend({
  /** Id of the revocation job that ended the grant. Absent: no job did. */
  revocationJobId: z.string().min(1).max(64).optional(),
});
const waitingToken = tokenToRevoke.extend({
  /**
   * Instant until which an exchange of this refresh token may be running. After that instant, the
   * result of the exchange is unknown, and the token may be spent. Absent: no exchange was begun,
   * or it failed without issuing tokens.
   */
  exchangingUntil: z.iso.datetime().optional(),
  /**
   * Refresh token whose next exchange replaces this access token, because both were issued by the
   * same exchange. Absent: the token is from the grant itself, or was issued without a refresh
   * token.
   */
  issuedWith: z.string().min(1).max(200_000).optional(),
});
/** A token that waits to be revoked, and the state of its exchange. */
export type WaitingToken = z.infer<typeof waitingToken>;
/** Maximum number of tokens of a grant. An exchange adds at most one to each refresh token. */
const MAX_TOKENS = 200;
const revocableGrant = revocableGrantV4.extend({ tokens: z.array(waitingToken).max(MAX_TOKENS) });
/** Retry state of a grant. */
export type RevocationRetry = NonNullable<z.infer<typeof revocableGrant>['retry']>;
/** Tokens of one ended grant, and the client that can revoke them. */
export type RevocableGrant = z.infer<typeof revocableGrant>;

/** Maximum number of grants in one entry. Further grants get separate entries. */
export const MAX_PENDING = 50;

const attributesV1 = z.strictObject({
  connectorId: z.string().min(1).max(512),
  profileUid: z.string().min(1).max(512).optional(),
  /** Generation of the grant whose tokens were added last. */
  grantGeneration: z.string().min(1).max(64),
  /** Tokens to revoke, by grant, each with the client that obtained it. Encrypted. */
  pending: z.array(revocableGrantV1).max(MAX_PENDING),
  attempts: z.number().int().nonnegative(),
  nextAttemptAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});
const attributesV2 = attributesV1.extend({
  /** Former name of `revocationJobIds`, before version 4. */
  endingIds: z.array(z.string().min(1).max(64)).max(MAX_PENDING).optional(),
});
const attributesV3 = attributesV2.extend({
  pending: z.array(revocableGrantV3).max(MAX_PENDING),
  /**
   * Number of grants of this entry whose revocation failed permanently. Reported for {@link
   * FAILURE_KEPT_MS}.
   */
  failed: z.strictObject({ count: z.number().int().positive(), at: z.iso.datetime() }).optional(),
});
const attributesV4 = attributesV3.extend({
  pending: z.array(revocableGrantV4).max(MAX_PENDING),
  /**
   * Ids of the revocation jobs whose grants wait in this entry, so that a job can count its waiting
   * grants.
   */
  revocationJobIds: z.array(z.string().min(1).max(64)).max(MAX_PENDING).optional(),
});
const attributesV5 = attributesV4.extend({
  pending: z.array(revocableGrant).max(MAX_PENDING),
});
/** Attributes of `oauth_revocation`, decrypted. */
export type RevocationAttributes = z.infer<typeof attributesV5>;

/** Time for which failures are reported, in milliseconds since the last failure of the entry. */
export const FAILURE_KEPT_MS = 90 * 24 * 60 * 60_000;

/** Schema of the document in the store, where `pending` is one encrypted string. */
const stored = <T extends typeof attributesV1>(schema: T) =>
  schema.omit({ pending: true }).extend({ pending: z.unknown() });

/**
 * Saved-object type of the outbox. Version 2 adds the searchable ids of revocation jobs whose
 * grants wait. Version 3 gives each grant its own retry state, and adds the number of failures.
 * Version 4 renames `endingId` and `endingIds` to `revocationJobId` and `revocationJobIds`.
 * Version 5 adds the state of an exchange to each token.
 */
export const oauthRevocationType: SavedObjectsType = {
  name: OAUTH_REVOCATION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
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
    5: {
      changes: [],
      schemas: { create: attributesV5, forwardCompatibility: stored(attributesV5) },
    },
  },
};

/**
 * Returns a grant with the current names of its members. Versions before 4 stored `endingId`. The
 * member is encrypted, so a migration cannot rename it.
 */
export function withCurrentNames({ endingId, ...grant }: RevocableGrant): RevocableGrant {
  const revocationJobId = grant.revocationJobId ?? endingId;
  return revocationJobId === undefined ? grant : { ...grant, revocationJobId };
}

/** Encryption of the tokens. Tokens of ended grants are encrypted like those in use. */
export const revocationEncryption = {
  type: OAUTH_REVOCATION_TYPE,
  attributesToEncrypt: ['pending'],
  attributesToIncludeInAAD: ['connectorId', 'profileUid', 'grantGeneration', 'createdAt'],
} as const;
