import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of tokens that wait to be revoked at their provider; id is that of the grant. */
export const OAUTH_REVOCATION_TYPE = 'oauth_revocation';

const tokenToRevoke = z.strictObject({
  token: z.string().min(1).max(200_000),
  kind: z.enum(['refresh_token', 'access_token']),
});
/** One token, bare (without its type), and which it is. */
export type TokenToRevoke = z.infer<typeof tokenToRevoke>;

const revocableGrant = z.strictObject({
  /** Endpoint and credentials of the client the tokens were issued to; they are never shown to another (attack 114). */
  configuration: z.custom<OAuthClientConfiguration>(
    (value) => typeof value === 'object' && value !== null,
  ),
  accountId: z.string().max(512).optional(),
  tokens: z.array(tokenToRevoke).max(100),
});
/** Tokens of one ended grant, and where they can be revoked. */
export type RevocableGrant = z.infer<typeof revocableGrant>;

const revocationAttributes = z.strictObject({
  connectorId: z.string().min(1).max(512),
  profileUid: z.string().min(1).max(512).optional(),
  /** Of the grant that ended last. */
  grantGeneration: z.string().min(1).max(64),
  /** Encrypted: what to revoke and where, each grant with the client that made it. */
  pending: z.array(revocableGrant).max(50),
  attempts: z.number().int().nonnegative(),
  nextAttemptAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});
/** Attributes of `oauth_revocation`, decrypted. */
export type RevocationAttributes = z.infer<typeof revocationAttributes>;

/** The outbox of revocations. */
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
      schemas: {
        create: revocationAttributes,
        forwardCompatibility: revocationAttributes
          .omit({ pending: true })
          .extend({ pending: z.unknown() }),
      },
    },
  },
};

/** Tokens of ended grants stay as encrypted as those in use. */
export const revocationEncryption = {
  type: OAUTH_REVOCATION_TYPE,
  attributesToEncrypt: ['pending'],
  attributesToIncludeInAAD: ['connectorId', 'profileUid', 'grantGeneration', 'createdAt'],
} as const;
