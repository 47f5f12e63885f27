import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of pending authorizations. The name is Kibana's. */
export const OAUTH_STATE_TYPE = 'oauth_state';

const attributes = z.strictObject({
  /** Encrypted. Removed when the state is used, so that it cannot be used again. */
  codeVerifier: z.string().min(43).max(128).optional(),
  connectorId: z.string().min(1).max(36),
  spaceId: z.string().min(1).max(64),
  /** Profile uid of the user who started the authorization. */
  createdBy: z.string().min(1).max(512),
  /** Path on this server. Absent: the result page is shown. */
  kibanaReturnUrl: z.string().max(2048).optional(),
  /** Redirect URI of the flow. Must be byte-equal in the token request (RFC 6749 §4.1.3). */
  redirectUri: z.string().min(1).max(2048),
  /** Provider key in the path of the callback. Left out: the shared callback. */
  providerKey: z.string().max(64).optional(),
  /** Hash of the nonce in the browser's cookie. */
  browserBinding: z.string().min(1).max(128),
  /** Hosts and client of the authorization request. An edit in between ends the authorization. */
  clientFingerprint: z.string().min(1).max(128),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  usedAt: z.iso.datetime().optional(),
});

const attributesV2 = attributes.extend({
  /** Requested response mode. Left out: `query`. */
  responseMode: z.enum(['query', 'form_post']).optional(),
  /**
   * Requested scope. A later edit of the connector may ask for more. Absent: none was requested.
   */
  scope: z.string().max(4096).optional(),
});

/** Outcome of an attempt. Contains codes only, never a text of the provider. */
const outcome = z.strictObject({
  /** `held`: the grant of another account waits for the user's decision until `until`. */
  status: z.enum(['succeeded', 'failed', 'cancelled', 'expired', 'held']),
  at: z.iso.datetime(),
  /** Error code. Only a failed attempt has one. */
  code: z.string().min(1).max(64).optional(),
  /** Only `succeeded`: label of the account, as the grant has it. */
  account: z.string().max(512).optional(),
  /** Only `succeeded`: another account was connected before. */
  accountChanged: z.boolean().optional(),
  until: z.iso.datetime().optional(),
});

const attributesV4 = attributesV2.extend({
  /**
   * Generation of the grant that this attempt may store. Written when the state is used, so that a
   * crash before the outcome is stored still shows if the grant was.
   */
  generation: z.string().min(1).max(64).optional(),
  outcome: outcome.optional(),
});

/** Outcome of an attempt, as it is stored. */
export type StoredOutcome = z.infer<typeof outcome>;

/** Attributes of `oauth_state`, decrypted. */
export type OAuthStateAttributes = z.infer<typeof attributesV4>;

const stored = <T extends typeof attributes>(schema: T) =>
  schema.extend({ codeVerifier: z.string().optional() });

/**
 * Type of pending authorizations. The raw state is never stored. The document id is its hash, so a
 * lookup is a get and ids cannot be guessed. Version 2 adds the response mode and the requested
 * scope. They are not authenticated by the encryption, because older versions that run at the same
 * time could not decrypt the verifier then. An attacker who can write to the store gains nothing by
 * changing them. Version 3 lets the deletion of a space find its states. Version 4 adds the
 * outcome, and lets a user find open attempts. Older documents have neither: an attempt that was
 * started before the upgrade is found by its id only, which is enough for the ten minutes it lives.
 */
export const oauthStateType: SavedObjectsType = {
  name: OAUTH_STATE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { connectorId: { type: 'keyword' }, expiresAt: { type: 'date' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: attributes,
        forwardCompatibility: stored(attributes),
      },
    },
    2: {
      changes: [],
      schemas: { create: attributesV2, forwardCompatibility: stored(attributesV2) },
    },
    3: {
      changes: [{ type: 'mappings_addition', addedMappings: { spaceId: { type: 'keyword' } } }],
      schemas: { create: attributesV2, forwardCompatibility: stored(attributesV2) },
    },
    4: {
      changes: [{ type: 'mappings_addition', addedMappings: { createdBy: { type: 'keyword' } } }],
      schemas: { create: attributesV4, forwardCompatibility: stored(attributesV4) },
    },
  },
};

/** Binds the verifier to its user, connector, space, client and return URL. */
export const oauthStateEncryption = {
  type: OAUTH_STATE_TYPE,
  attributesToEncrypt: ['codeVerifier'],
  attributesToIncludeInAAD: [
    'connectorId',
    'spaceId',
    'createdBy',
    'kibanaReturnUrl',
    'redirectUri',
    'providerKey',
    'browserBinding',
    'clientFingerprint',
    'createdAt',
    'expiresAt',
  ],
} as const;
