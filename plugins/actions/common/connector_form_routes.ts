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
   * Field with the problem, for example `name`, `config.url` or `secrets.clientSecret`. `config`,
   * `secrets` or an empty string: the problem does not belong to a single field.
   */
  path: z.string(),
  /**
   * Code by which a user interface finds its translation, for example `required` or
   * `https_required`.
   */
  code: z.string(),
  /** The problem and what to do, in English. */
  message: z.string(),
  /** Values for the placeholders of a translated message, for example `{ maximum: 1024 }`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** A problem of a connector form, in `attributes.issues` of a 400, or a warning about the form. */
export type FormIssue = z.infer<typeof formIssue>;

/** Reasons why {@link connectorFormBody} cannot be edited. */
const readOnlyReason = z.enum(['preconfigured', 'type_disabled', 'unknown_type']);

/** The stored values of a connector for its edit form. Contains no credential. */
export const connectorFormBody = z.object({
  id: z.string(),
  /** Version to send with an update, which is refused after another edit. Absent: preconfigured. */
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
  /** Names of the enabled actions, present even if `config` is absent. Absent: all are enabled. */
  enabled_actions: z.array(z.string()).optional(),
  /**
   * Stored values of the secrets that are not credentials: `authType`, client id, URLs, scope.
   * Absent: the connector is preconfigured, or its secrets cannot be read.
   */
  secrets: connectorValues.optional(),
  /**
   * For each credential field of the auth type, and each further stored credential: whether a value
   * is stored. Absent: preconfigured.
   */
  credentials: z.record(z.string(), z.object({ stored: z.boolean() })).optional(),
  /**
   * Why the secrets cannot be read. `unreadable`: entering them again repairs the connector.
   * `key_not_configured`: this server lacks the encryption key, which another server or an operator
   * has. Absent: the secrets can be read.
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

/** Route that returns the stored values of a connector for its edit form. */
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

/**
 * Route that checks a connector form as creating or updating the connector would. Saves nothing.
 */
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
      /**
       * As in the update: the check is refused with 409 if another edit was saved since this
       * version.
       */
      version: connectorVersion.optional(),
      /** Required for a new connector. */
      connector_type_id: connectorTypeId.optional(),
      name: z.string().max(10_000).default(''),
      config: connectorValues.default({}),
      /**
       * As in the update: all stored secrets stay if this is absent, or empty without
       * `keep_secrets`.
       */
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
         * Settings that can be saved but will not work. If there are also `issues`, contains only
         * the warnings that need no request to the provider. `code` is for translations.
         */
        warnings: z.array(formIssue),
        /** As in {@link connectorFormBody}, for the values of this form. */
        callback_url: z.string().optional(),
        /**
         * Scopes that the connector would request of users, each with a sentence that explains it,
         * if one is known. Absent: the connector would request no scopes.
         */
        requested_scopes: z
          .array(z.object({ scope: z.string(), text: z.string().optional() }))
          .optional(),
        /**
         * `true`: saving the form would end the authorizations of all users. Absent: the connector
         * is new, or the form has problems.
         */
        disconnects: z.boolean().optional(),
        /** Number of users who would have to authorize again. Absent if `disconnects` is absent. */
        disconnects_users: z.number().optional(),
      }),
    },
  },
});
