import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import {
  accountSource,
  heldGrantAttributes,
  heldGrantAttributesV9,
  tokenToRevoke,
} from './held_grant.ts';
import { storedFactsAttributes } from './stored_facts.ts';
import { backfillKeepAlive, renameLostResponse } from './token_backfills.ts';
import { uncheckedAttributes } from './unchecked_mark.ts';

/** Saved-object type of grants of users. */
export const USER_CONNECTOR_TOKEN_TYPE = 'user_connector_token';
/** Saved-object type of a token that all users of a connector share. */
export const CONNECTOR_TOKEN_TYPE = 'connector_token';

const id = z.string().min(1).max(512);
const instant = z.iso.datetime();
/** Maximum length of an encrypted text. Large enough for tokens of 64 KB in their JSON. */
const secretText = z.string().max(200_000);

const scopes = z.array(z.string().max(512)).max(200);

/** Attributes that both types have: generation, state, lease, dates and counts. */
const grantAttributes = {
  grantGeneration: z.string().min(1).max(64),
  clientFingerprint: z.string().min(1).max(128),
  spaceId: z.string().min(1).max(64),
  status: z.enum([
    'pending',
    'connected',
    'refresh_failing',
    'needs_reauth',
    'revocation_pending',
    'ended',
  ]),
  statusSince: instant,
  lastError: z.strictObject({ code: z.string().max(64), at: instant }).optional(),
  failures: z.number().int().nonnegative(),
  nextAttemptAt: instant.optional(),
  issuedAt: instant.optional(),
  expiresAt: instant.optional(),
  refreshTokenExpiresAt: instant.optional(),
  scopes: scopes.optional(),
  account: z.strictObject({ id: z.string().max(512), label: z.string().max(512) }).optional(),
  lastUsedAt: instant.optional(),
  pendingUntil: instant.optional(),
  keepAliveAt: instant.optional(),
  refresh: z
    .strictObject({
      owner: z.string().max(128),
      until: instant,
      beat: z.number().int().nonnegative(),
      spent: z.string().max(128).optional(),
    })
    .optional(),
  createdAt: instant,
  updatedAt: instant,
};
/**
 * Instant at which the user authorized. A mass revocation skips grants that were authorized after
 * its start.
 */
const authorizedAt = instant.optional();

const credentials = z.strictObject({
  accessToken: secretText,
  refreshToken: secretText.optional(),
  /**
   * Held grant. Encrypted together with the tokens, because the account and the binding of the
   * browser are as sensitive.
   */
  held: heldGrantAttributes.optional(),
});

const userConnectorTokenAttributes = z.strictObject({
  profileUid: id,
  /** Reserved by the contract. Never written. */
  userCloudId: z.string().max(1024).optional(),
  connectorId: id,
  credentialType: z.literal('oauth'),
  credentials: credentials.optional(),
  ...grantAttributes,
});
const userConnectorTokenAttributesV3 = userConnectorTokenAttributes.extend({ authorizedAt });
const userConnectorTokenAttributesV4 = userConnectorTokenAttributesV3.extend({
  requestedScopes: scopes.optional(),
});
const userConnectorTokenAttributesV5 = userConnectorTokenAttributesV4.extend({
  /** Deadline of the decision about a held grant. */
  heldUntil: instant.optional(),
});

/** Maximum number of superseded grants that one grant keeps. Older ones are revoked immediately. */
export const MAX_SUPERSEDED = 10;

const supersededGrant = z.strictObject({
  /** Id of the account at the provider. Absent: the provider named none. */
  accountId: z.string().min(1).max(512).optional(),
  tokens: z.array(tokenToRevoke).min(1).max(100),
});
/**
 * Tokens of an earlier authorization with the same client. They are revoked when the grant that
 * replaced them ends.
 */
export type SupersededGrant = z.infer<typeof supersededGrant>;

const userConnectorTokenAttributesV6 = userConnectorTokenAttributesV5.extend({
  lifetimeStartedAt: instant.optional(),
  /** Tokens of earlier authorizations. Encrypted, because they are still valid. */
  supersededGrants: z.array(supersededGrant).max(MAX_SUPERSEDED).optional(),
});
const userConnectorTokenAttributesV8 = userConnectorTokenAttributesV6.extend({
  account: z
    .strictObject({
      id: z.string().max(512),
      label: z.string().max(512),
      /**
       * Where the account was found. Ids from different places are not compared. Absent: stored by
       * an older version.
       */
      source: accountSource.optional(),
    })
    .optional(),
  /**
   * Number of earlier grants that could not be revoked, and the instant of the last one. Reported
   * for {@link UNREVOKED_KEPT_MS}.
   */
  unrevoked: z.strictObject({ count: z.number().int().positive(), at: instant }).optional(),
});
const userConnectorTokenAttributesV9 = userConnectorTokenAttributesV8.extend({
  credentials: credentials
    .extend({
      held: heldGrantAttributesV9.optional(),
      grantFacts: storedFactsAttributes.optional(),
    })
    .optional(),
});
const userConnectorTokenAttributesV10 = userConnectorTokenAttributesV9.extend(uncheckedAttributes);
/** Attributes of `user_connector_token`, decrypted. */
export type UserConnectorTokenAttributes = z.infer<typeof userConnectorTokenAttributesV10>;

/**
 * Time for which a grant reports earlier grants that could not be revoked, in milliseconds since
 * the last of these.
 */
export const UNREVOKED_KEPT_MS = 90 * 24 * 60 * 60_000;

const connectorTokenAttributes = z.strictObject({
  connectorId: id,
  tokenType: z.literal('access_token'),
  token: secretText.optional(),
  refreshToken: secretText.optional(),
  ...grantAttributes,
});
const connectorTokenAttributesV3 = connectorTokenAttributes.extend({
  /** Binds the token to the connector for which it was requested; see `issuedForOf`. */
  issuedFor: z.string().max(128).optional(),
});
const connectorTokenAttributesV4 = connectorTokenAttributesV3.extend({
  /** Grant facts. Encrypted like the token, because they decide where the token is sent. */
  grantFacts: storedFactsAttributes.optional(),
});
/** Attributes of `connector_token`, decrypted. */
export type ConnectorTokenAttributes = z.infer<typeof connectorTokenAttributesV4>;

/** Schema of the document in the store, where the encrypted attribute is a string. */
const stored = <T extends typeof userConnectorTokenAttributes>(schema: T) =>
  schema.omit({ credentials: true }).extend({ credentials: z.unknown().optional() });
const storedV6 = stored(userConnectorTokenAttributesV6).extend({
  supersededGrants: z.unknown().optional(),
});

const storedV8 = stored(userConnectorTokenAttributesV8).extend({
  supersededGrants: z.unknown().optional(),
});
const storedV10 = storedV8.extend({
  ...uncheckedAttributes,
  uncheckedClient: z.unknown().optional(),
});

const noChange = { changes: [] } as const;

/**
 * Saved-object type of grants of users: one document per user and connector, with the id of
 * `grantId`.
 *
 * - Version 2 maps `userCloudId`, as the contract requires.
 * - Version 3 lets a revocation job find the grants of one client that were authorized before the
 *   job, and lets keep-alive find the grants that are due.
 * - Version 4 adds the requested scopes.
 * - Version 5 lets a search find held grants whose user has not decided in time.
 * - Version 6 keeps the tokens of superseded grants, and the start of the lifetime of the
 *   authorization.
 * - Version 7 renames the error code `refresh_answer_lost` to `refresh_response_lost`.
 * - Version 8 adds the source of the account, and the number of grants that could not be revoked.
 * - Version 9 adds grant facts to the credentials and to those of a held grant.
 * - Version 10 marks grants whose connector and user were not checked since they were stored.
 */
export const userConnectorTokenType: SavedObjectsType = {
  name: USER_CONNECTOR_TOKEN_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      profileUid: { type: 'keyword' },
      connectorId: { type: 'keyword' },
      credentialType: { type: 'keyword' },
      status: { type: 'keyword' },
      issuedAt: { type: 'date' },
      lastUsedAt: { type: 'date' },
      createdAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: {
      ...noChange,
      schemas: {
        create: userConnectorTokenAttributes,
        forwardCompatibility: stored(userConnectorTokenAttributes),
      },
    },
    2: {
      changes: [{ type: 'mappings_addition', addedMappings: { userCloudId: { type: 'keyword' } } }],
      schemas: {
        create: userConnectorTokenAttributes,
        forwardCompatibility: stored(userConnectorTokenAttributes),
      },
    },
    3: {
      changes: [
        {
          type: 'mappings_addition',
          addedMappings: {
            clientFingerprint: { type: 'keyword' },
            authorizedAt: { type: 'date' },
            keepAliveAt: { type: 'date' },
          },
        },
        { type: 'data_backfill', backfill: backfillKeepAlive },
      ],
      schemas: {
        create: userConnectorTokenAttributesV3,
        forwardCompatibility: stored(userConnectorTokenAttributesV3),
      },
    },
    4: {
      ...noChange,
      schemas: {
        create: userConnectorTokenAttributesV4,
        forwardCompatibility: stored(userConnectorTokenAttributesV4),
      },
    },
    5: {
      changes: [{ type: 'mappings_addition', addedMappings: { heldUntil: { type: 'date' } } }],
      schemas: {
        create: userConnectorTokenAttributesV5,
        forwardCompatibility: stored(userConnectorTokenAttributesV5),
      },
    },
    6: {
      ...noChange,
      schemas: { create: userConnectorTokenAttributesV6, forwardCompatibility: storedV6 },
    },
    7: {
      changes: [{ type: 'data_backfill', backfill: renameLostResponse }],
      schemas: { create: userConnectorTokenAttributesV6, forwardCompatibility: storedV6 },
    },
    8: {
      ...noChange,
      schemas: { create: userConnectorTokenAttributesV8, forwardCompatibility: storedV8 },
    },
    9: {
      ...noChange,
      // The document in the store looks the same: the new members are inside the encrypted
      // attribute.
      schemas: { create: userConnectorTokenAttributesV9, forwardCompatibility: storedV8 },
    },
    10: {
      changes: [{ type: 'mappings_addition', addedMappings: { uncheckedSince: { type: 'date' } } }],
      schemas: { create: userConnectorTokenAttributesV10, forwardCompatibility: storedV10 },
    },
  },
};

/**
 * Saved-object type of shared tokens: one document per connector, for auth types without a user.
 *
 * - Version 2 renames the error code `refresh_answer_lost` to `refresh_response_lost`.
 * - Version 3 binds the token to the connector for which it was requested.
 * - Version 4 adds grant facts.
 */
export const connectorTokenType: SavedObjectsType = {
  name: CONNECTOR_TOKEN_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      connectorId: { type: 'keyword' },
      tokenType: { type: 'keyword' },
    },
  },
  modelVersions: {
    1: {
      ...noChange,
      schemas: { create: connectorTokenAttributes, forwardCompatibility: connectorTokenAttributes },
    },
    2: {
      changes: [{ type: 'data_backfill', backfill: renameLostResponse }],
      schemas: { create: connectorTokenAttributes, forwardCompatibility: connectorTokenAttributes },
    },
    3: {
      ...noChange,
      schemas: {
        create: connectorTokenAttributesV3,
        forwardCompatibility: connectorTokenAttributesV3,
      },
    },
    4: {
      ...noChange,
      schemas: {
        create: connectorTokenAttributesV4,
        forwardCompatibility: connectorTokenAttributesV4.extend({
          grantFacts: z.unknown().optional(),
        }),
      },
    },
  },
};

/**
 * Encryption of the tokens. The ciphertext is bound to some attributes, so that a document cannot
 * be moved to another user, connector or host.
 */
export const tokenEncryption = [
  {
    type: USER_CONNECTOR_TOKEN_TYPE,
    attributesToEncrypt: ['credentials', 'supersededGrants', 'uncheckedClient'],
    attributesToIncludeInAAD: [
      'profileUid',
      'userCloudId',
      'connectorId',
      'credentialType',
      'expiresAt',
      'refreshTokenExpiresAt',
      'createdAt',
      'updatedAt',
      'grantGeneration',
      'clientFingerprint',
    ],
  },
  {
    type: CONNECTOR_TOKEN_TYPE,
    attributesToEncrypt: ['token', 'refreshToken', 'grantFacts'],
    attributesToIncludeInAAD: [
      'connectorId',
      'tokenType',
      'expiresAt',
      'refreshTokenExpiresAt',
      'createdAt',
      'updatedAt',
      'grantGeneration',
      'clientFingerprint',
    ],
  },
] as const;
