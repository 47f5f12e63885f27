import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import {
  connectorId,
  connectorTypeId,
  connectorValues,
  connectorVersion,
  keepSecrets,
} from './fields.ts';

/**
 * A problem of one field of a connector form. Never contains a value that was sent or stored.
 */
export const formIssue = z.object({
  /**
   * `name`, `config.url` or `secrets.clientSecret`. `config`, `secrets` or an empty string: the
   * problem does not belong to one field.
   */
  path: z.string(),
  /** For translations, for example `required`, `https_required` or `issuer_mismatch`. */
  code: z.string(),
  /** Problem and advice in English. */
  message: z.string(),
  /** Bounds and expected values for translations, for example `{ maximum: 1024 }`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** One problem of a connector form, as in `attributes.issues` of a 400, or one warning. */
export type FormIssue = z.infer<typeof formIssue>;

/** Reasons why {@link connectorFormBody} cannot be edited. */
const readOnlyReason = z.enum(['preconfigured', 'type_disabled', 'unknown_type']);

/** The stored values of a connector for its edit form. Contains no credential. */
export const connectorFormBody = z.object({
  id: z.string(),
  /** For an update: refuses it after another edit. Absent: preconfigured. */
  version: z.string().optional(),
  name: z.string(),
  connector_type_id: z.string(),
  auth_type: z.string(),
  auth_mode: z.enum(['shared', 'per-user']),
  is_preconfigured: z.boolean(),
  is_editable: z.boolean(),
  /** Present when `is_editable` is `false`. */
  read_only_reason: readOnlyReason.optional(),
  /** Absent: a preconfigured connector that does not show its config. */
  config: connectorValues.optional(),
  /** Names of the enabled actions, also when `config` is absent. Absent: all. */
  enabled_actions: z.array(z.string()).optional(),
  /**
   * Stored values of the secrets that are no credentials: `authType`, client id, URLs, scope.
   * Absent: preconfigured, or unreadable.
   */
  secrets: connectorValues.optional(),
  /**
   * Credentials by field of the secrets: those of the auth type, and further stored ones. Absent:
   * preconfigured.
   */
  credentials: z.record(z.string(), z.object({ stored: z.boolean() })).optional(),
  /**
   * Secrets that cannot be read. `unreadable`: entering them again repairs the connector.
   * `key_not_configured`: another server, or an operator, has the key. Absent: none.
   */
  secrets_problem: z.enum(['unreadable', 'key_not_configured']).optional(),
  /**
   * Redirect URI to register at the provider. Absent: the auth type needs none, the token URL is
   * missing, or `server.publicBaseUrl` is not set.
   */
  callback_url: z.string().optional(),
  /** ISO 8601. Absent: preconfigured. */
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});

/** Stored values for the edit form of a connector. */
export const getConnectorForm = defineRoute({
  method: 'get',
  path: '/internal/actions/connector/{id}/form',
  access: 'internal',
  summary: 'Get the stored values of a connector for its form, without credentials',
  description: 'Needs the privilege `actions:update`.',
  tags: ['connectors'],
  params: z.strictObject({ id: connectorId }),
  responses: { 200: { description: 'Values and stored credentials.', body: connectorFormBody } },
});

/** The same checks as when a connector is created or updated. Saves nothing. */
export const validateConnector = defineRoute({
  method: 'post',
  path: '/internal/actions/connectors/_validate',
  access: 'internal',
  summary: 'Check a connector form before it is saved',
  description:
    'Needs the privilege of the save: `actions:update` with `id`, else `actions:create`. Sends only the requests that the save sends: it reads the metadata of the issuer once all fields are valid.',
  tags: ['connectors'],
  body: z
    .strictObject({
      /** Connector to edit. Absent: a new connector. */
      id: connectorId.optional(),
      /** As in the update: refuses the check with 409 after another edit. */
      version: connectorVersion.optional(),
      /** Required for a new connector. */
      connector_type_id: connectorTypeId.optional(),
      name: z.string().max(10_000).default(''),
      config: connectorValues.default({}),
      /** As in the update: absent, or empty without `keep_secrets`, keeps all stored secrets. */
      secrets: connectorValues.optional(),
      /** Names of stored secrets that stay unchanged, as in `updateConnector`. */
      keep_secrets: keepSecrets.optional(),
    })
    .refine((form) => form.id !== undefined || form.connector_type_id !== undefined, {
      path: ['connector_type_id'],
      message: 'is required for a new connector',
    })
    .refine((form) => form.id !== undefined || form.keep_secrets === undefined, {
      path: ['keep_secrets'],
      message: 'needs the id of a connector',
    })
    .refine((form) => form.id !== undefined || form.version === undefined, {
      path: ['version'],
      message: 'needs the id of a connector',
    }),
  responses: {
    200: {
      description: 'Problems by field. Empty: the save would succeed.',
      body: z.object({
        issues: z.array(formIssue),
        /**
         * Things that will not work although saving succeeds. With `issues`: only those that need
         * no request. Codes are for translations.
         */
        warnings: z.array(formIssue),
        /** As in {@link connectorFormBody}, for the values of this form. */
        callback_url: z.string().optional(),
        /**
         * Scopes that the connector would request of users, with a sentence where one is known.
         * Absent: none.
         */
        requested_scopes: z
          .array(z.object({ scope: z.string(), text: z.string().optional() }))
          .optional(),
        /**
         * `true`: saving ends the authorizations of all users. Absent: a new connector, or a form
         * with problems.
         */
        disconnects: z.boolean().optional(),
        /** Number of users who would have to authorize again. Absent like `disconnects`. */
        disconnects_users: z.number().optional(),
      }),
    },
  },
});
