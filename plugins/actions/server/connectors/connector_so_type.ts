import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { renamedTypeId } from './stored_type_id.ts';

/** Saved-object type of connectors. The name is Kibana's. */
export const CONNECTOR_SO_TYPE = 'action';

const values = z.record(z.string().max(256), z.unknown());

const attributesV1 = z.strictObject({
  name: z.string().min(1).max(1000),
  actionTypeId: z.string().min(1).max(64),
  isMissingSecrets: z.boolean(),
  config: values,
  secrets: values,
});
const attributesV2 = attributesV1.extend({ authMode: z.enum(['shared', 'per-user']).optional() });
const issuerCheckV4 = z.strictObject({
  issuer: z.string().max(4096),
  endpoints: z.string().max(64),
  isConfirmed: z.boolean(),
  issuerRequiredInResponse: z.boolean(),
  warnings: z.array(z.string().max(1000)).max(10),
});
const attributesV4 = attributesV2.extend({ issuerCheck: issuerCheckV4.optional() });

const author = z.strictObject({
  username: z.string().min(1).max(1024),
  profileUid: z.string().min(1).max(512),
});
const attributesV5 = attributesV4.extend({
  createdBy: author.optional(),
  updatedBy: author.optional(),
});
const issuerCheckV6 = issuerCheckV4.extend({
  revocationEndpoint: z.string().max(4096).optional(),
});
const attributesV6 = attributesV5.extend({ issuerCheck: issuerCheckV6.optional() });
const attributesV7 = attributesV6.extend({
  connectorTypeId: z.string().min(1).max(64).optional(),
});
const issuerCheckV8 = issuerCheckV6.extend({
  userinfoEndpoint: z.string().max(4096).optional(),
});
const attributesV8 = attributesV7.extend({ issuerCheck: issuerCheckV8.optional() });
const issuerCheckV9 = issuerCheckV8.extend({ isPublishedByOrigin: z.boolean().optional() });
const attributesV9 = attributesV8.extend({ issuerCheck: issuerCheckV9.optional() });

/** Schema of the stored attributes, in which the secrets are one encrypted string. */
const stored = <T extends typeof attributesV1>(schema: T) =>
  schema.omit({ secrets: true }).extend({ secrets: z.unknown() });

/** Attributes as the plugin writes them: the secrets are not encrypted yet. */
export type ConnectorSoAttributes = z.infer<typeof attributesV9>;

/**
 * Saved-object type of connectors. Its model versions:
 * Version 2 adds the auth mode to connectors older than per-user authorization. Version 3 adds it
 * to the mapping, so that lists can be filtered by it. Security never depends on the stored mode:
 * each use derives the mode from the auth type.
 * Version 4 stores the check of the issuer's metadata. The check contains the settings for which it
 * was made, because an older version keeps the check when it edits those settings.
 * Version 5 stores the user who created the connector and the last editor. Older connectors have
 * neither.
 * Version 6 adds the revocation endpoint of the issuer's metadata.
 * Version 7 adds the current type id of connectors whose type was renamed. `actionTypeId` keeps the
 * former id, so that servers of the previous release can execute them and their ciphertext stays
 * valid.
 * Version 8 adds the userinfo endpoint of the issuer's metadata.
 * Version 9 adds whether the issuer's metadata was at the root of its origin.
 */
export const connectorSoType: SavedObjectsType = {
  name: CONNECTOR_SO_TYPE,
  namespaceType: 'multiple-isolated',
  hidden: true,
  mappings: { properties: { name: { type: 'text' }, actionTypeId: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: { create: attributesV1, forwardCompatibility: stored(attributesV1) },
    },
    2: {
      changes: [
        {
          type: 'data_backfill',
          backfill: ({ authMode }) => (authMode ? {} : { authMode: 'shared' }),
        },
      ],
      schemas: { create: attributesV2, forwardCompatibility: stored(attributesV2) },
    },
    3: {
      changes: [{ type: 'mappings_addition', addedMappings: { authMode: { type: 'keyword' } } }],
      schemas: { create: attributesV2, forwardCompatibility: stored(attributesV2) },
    },
    4: {
      changes: [],
      schemas: { create: attributesV4, forwardCompatibility: stored(attributesV4) },
    },
    5: {
      changes: [],
      schemas: { create: attributesV5, forwardCompatibility: stored(attributesV5) },
    },
    6: {
      changes: [],
      schemas: { create: attributesV6, forwardCompatibility: stored(attributesV6) },
    },
    7: {
      changes: [
        {
          type: 'data_backfill',
          backfill: ({ actionTypeId }) => {
            const connectorTypeId = renamedTypeId(actionTypeId);
            return connectorTypeId === undefined ? {} : { connectorTypeId };
          },
        },
      ],
      schemas: { create: attributesV7, forwardCompatibility: stored(attributesV7) },
    },
    8: {
      changes: [],
      schemas: { create: attributesV8, forwardCompatibility: stored(attributesV8) },
    },
    9: {
      changes: [],
      schemas: { create: attributesV9, forwardCompatibility: stored(attributesV9) },
    },
  },
};

/**
 * Encryption of the secrets. The ciphertext is bound to id, space, type and config of the
 * connector: if one of them is changed in the store, the secrets cannot be decrypted.
 */
export const connectorEncryption = {
  type: CONNECTOR_SO_TYPE,
  attributesToEncrypt: ['secrets'],
  attributesToIncludeInAAD: ['actionTypeId', 'connectorTypeId', 'isMissingSecrets', 'config'],
} as const;
