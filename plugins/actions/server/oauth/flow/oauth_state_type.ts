import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of authorization attempts. The name is Kibana's. */
export const OAUTH_STATE_TYPE = 'oauth_state';

const attributes = z.strictObject({
  /**
   * Code verifier (PKCE), encrypted. Removed when the state is used, so that it cannot be used
   * again.
   */
  codeVerifier: z.string().min(43).max(128).optional(),
  connectorId: z.string().min(1).max(36),
  spaceId: z.string().min(1).max(64),
  /** Profile uid of the user who started the authorization. */
  createdBy: z.string().min(1).max(512),
  /** Path on this server to which the browser returns. Absent: the result page is shown. */
  kibanaReturnUrl: z.string().max(2048).optional(),
  /**
   * Redirect URI of the flow. The token request must contain exactly this URI (RFC 6749 §4.1.3).
   */
  redirectUri: z.string().min(1).max(2048),
  /** Provider key in the path of the callback. Absent: the shared callback. */
  providerKey: z.string().max(64).optional(),
  /** Hash of the nonce in the cookie of the browser. */
  browserBinding: z.string().min(1).max(128),
  /**
   * Fingerprint of the client that requested the authorization. If an edit changes the client
   * before the callback, the authorization fails.
   */
  clientFingerprint: z.string().min(1).max(128),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  usedAt: z.iso.datetime().optional(),
});

const attributesV2 = attributes.extend({
  /** Requested response mode. Absent: `query`. */
  responseMode: z.enum(['query', 'form_post']).optional(),
  /**
   * Requested scope. A later edit of the connector may request more. Absent: no scope was
   * requested.
   */
  scope: z.string().max(4096).optional(),
});

/** Stored outcome of an attempt. Contains codes, never text of the provider. */
const outcome = z.strictObject({
  /** `held`: the grant has another account, and waits for the user's decision until `until`. */
  status: z.enum(['succeeded', 'failed', 'cancelled', 'expired', 'held']),
  at: z.iso.datetime(),
  /** Error code. Present only if `status` is `failed`. */
  code: z.string().min(1).max(64).optional(),
  /** Name of the account, from the grant. Present only if `status` is `succeeded`. */
  account: z.string().max(512).optional(),
  /** `true`: another account was connected before. Present only if `status` is `succeeded`. */
  accountChanged: z.boolean().optional(),
  until: z.iso.datetime().optional(),
});

const attributesV4 = attributesV2.extend({
  /**
   * Generation of the grant that this attempt may store. Written when the state is used. If the
   * server crashes before it stores the outcome, the generation tells whether the grant was stored.
   */
  generation: z.string().min(1).max(64).optional(),
  outcome: outcome.optional(),
});

/** Stored outcome of an attempt. */
export type StoredOutcome = z.infer<typeof outcome>;

/** Attributes of `oauth_state`, decrypted. */
export type OAuthStateAttributes = z.infer<typeof attributesV4>;

const stored = <T extends typeof attributes>(schema: T) =>
  schema.extend({ codeVerifier: z.string().optional() });

/**
 * Saved-object type of authorization attempts. The state itself is never stored. The id of the
 * document is the hash of the state, so a state is found by one read, and ids cannot be guessed.
 * Version 2 adds the response mode and the requested scope. The encryption does not authenticate
 * these attributes, because older versions that run at the same time could then not decrypt the
 * verifier. An attacker who can write to the store gains nothing by changing them.
 * Version 3 lets the deletion of a space find its attempts.
 * Version 4 adds the outcome, and lets a user find open attempts. An attempt that was started
 * before the upgrade can be found only by its id, which is enough for its ten minutes.
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

/** Binds the ciphertext of the verifier to user, connector, space, client and return URL. */
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
