import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import {
  connectorId,
  connectorName,
  connectorTypeId,
  connectorValues,
  connectorVersion,
  keepSecrets,
} from './fields.ts';

/** Id that the caller chooses for a new connector. If absent, the server creates an id. */
const newConnectorId = z
  .string()
  .min(1)
  .max(36)
  // Ids that begin with an underscore are reserved, because routes such as `_oauth_callback` are at
  // the place of a connector id in the path.
  .regex(/^[A-Za-z0-9-][A-Za-z0-9_-]*$/, 'expected letters, digits, - and _, not beginning with _');
const params = z.strictObject({ id: connectorId });

const connector = z.object({
  id: z.string(),
  name: z.string(),
  config: connectorValues
    .optional()
    .describe(
      'Absent: a preconfigured connector that does not show its config, or, in lists only, one that exceeds the 8 million characters of all configs of the list.',
    ),
  connector_type_id: z.string(),
  enabled_actions: z
    .array(z.string())
    .optional()
    .describe(
      'Not in Kibana. `config.enabledActions`, also of a connector that does not show its config. Absent: all actions.',
    ),
  is_preconfigured: z.boolean(),
  is_deprecated: z.boolean(),
  is_system_action: z.boolean(),
  is_connector_type_deprecated: z.boolean(),
  is_missing_secrets: z.boolean().optional(),
  auth_mode: z.enum(['shared', 'per-user']).optional(),
  /**
   * Code of an error that an administrator must correct, and the instant of its first occurrence.
   * Not in Kibana.
   */
  oauth_problem: z.object({ code: z.string(), since: z.string() }).optional(),
  /**
   * Sentences for an administrator about a connector that works but needs attention. Absent: there
   * are none, or the caller may not see them. Lists contain only warnings about preconfigured
   * connectors whose type does not exist. Not in Kibana.
   */
  warnings: z.array(z.string()).optional(),
});

/** A connector as lists return it, with the number of saved objects that refer to it. */
export const listedConnectorBody = connector.extend({
  referenced_by_count: z.number(),
  /** ISO 8601. Not in Kibana. Absent: preconfigured. */
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});

/**
 * Config of a connector: fields that its type defines, and `enabledActions`, which every type has.
 */
const connectorConfig = connectorValues.describe(
  'Fields of the connector type. Not in Kibana: `enabledActions`, the names of the actions that may be executed, at least one. The connector requests only the scopes of these. Absent: all actions.',
);

const route = { access: 'public', tags: ['connectors'] } as const;
const ONE = '/api/actions/connector/{id}';

/** Route that creates a connector with the given id, or with a generated one. */
export const createConnector = defineRoute({
  ...route,
  method: 'post',
  path: '/api/actions/connector/{id?}',
  summary: 'Create a connector',
  params: z.strictObject({ id: newConnectorId.optional() }),
  body: z.strictObject({
    name: connectorName,
    connector_type_id: connectorTypeId,
    config: connectorConfig.default({}),
    secrets: connectorValues.default({}),
  }),
  responses: { 200: { description: 'The connector.', body: connector } },
});

/** Route that returns one connector, without its secrets. */
export const getConnector = defineRoute({
  ...route,
  method: 'get',
  path: ONE,
  summary: 'Get a connector',
  description:
    '`warnings` lists problems of a connector that works. Warnings name hosts of the secrets, so only callers with the privilege `actions:update` get them.',
  params,
  responses: {
    200: { description: 'The connector, without its secrets.', body: connector },
  },
});

/** Route that returns all connectors of the space, sorted by name. */
export const listConnectors = defineRoute({
  ...route,
  method: 'get',
  path: '/api/actions/connectors',
  summary: 'Get all connectors',
  responses: { 200: { description: 'Connectors by name.', body: z.array(listedConnectorBody) } },
});

/** As {@link listConnectors}, at the path that Kibana's own web pages request. */
export const listConnectorsInternally = defineRoute({
  ...listConnectors,
  path: '/internal/actions/connectors',
  access: 'internal',
});

/** Route that changes a connector. */
export const updateConnector = defineRoute({
  ...route,
  method: 'put',
  path: ONE,
  summary: 'Update a connector',
  description:
    'Without `secrets`, or with empty ones, the stored secrets stay. This is refused with 400 `secrets_required` when the URLs to which they are sent change. A change of hosts or client ends all authorizations. `disconnected_users` is the number of users who must authorize again. With very many users this continues in the background as `revocation_job_id`.',
  params,
  body: z.strictObject({
    name: connectorName,
    config: connectorConfig.default({}),
    secrets: connectorValues.optional(),
    keep_secrets: keepSecrets
      .optional()
      .describe(
        'Not in Kibana. Fields of the stored secrets that stay. The new secrets are these and `secrets`, nothing else. Refused with 400 `secrets_required` when the URLs to which they are sent change.',
      ),
    version: connectorVersion
      .optional()
      .describe(
        'Not in Kibana. Version of the connector that the caller edited, from its form. Refused with 409 `stale_version` when the connector was changed since. Absent: replaces any version.',
      ),
  }),
  responses: {
    200: {
      description: 'The connector.',
      body: connector.extend({
        disconnected_users: z.number().optional(),
        /** Id of the job that ends the authorizations, if any still have to be ended. */
        revocation_job_id: z.string().optional(),
      }),
    },
  },
});

/**
 * Route that deletes a connector. If authorizations still have to be ended, the `Location` header
 * names the revocation job that does so.
 */
export const deleteConnector = defineRoute({
  ...route,
  method: 'delete',
  path: ONE,
  summary: 'Delete a connector',
  description:
    'Ends and revokes all authorizations of the connector. With very many users this continues in the background, and `Location` names the revocation job.',
  params,
  query: z.object({
    /** Not part of Kibana's contract. */
    force: z
      .stringbool()
      .optional()
      .describe('Also deletes a connector whose authorizations cannot be revoked by this server.'),
  }),
  responses: { 204: { description: 'The connector was deleted.' } },
});
