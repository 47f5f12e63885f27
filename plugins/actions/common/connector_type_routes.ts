import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

/** A connector type in REST responses. */
export const connectorTypeBody = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** `true`: the configuration and the license enable the type. */
  enabled: z.boolean(),
  enabled_in_config: z.boolean(),
  enabled_in_license: z.boolean(),
  minimum_license_required: z.enum(['basic', 'gold', 'platinum', 'enterprise']),
  supported_feature_ids: z.array(z.string()),
  is_system_action_type: z.boolean(),
  is_deprecated: z.boolean(),
  is_experimental: z.boolean(),
  is_testable: z.boolean(),
  icon: z.string().optional(),
  source: z.literal('spec'),
  /**
   * Auth types that the form offers, in this order. Empty: the type defines its own credential
   * fields.
   */
  auth_types: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      auth_mode: z.enum(['shared', 'per-user']),
      is_recommended: z.boolean(),
      /**
       * `true`: stored connectors may have this auth type, but the form does not offer it for new
       * ones.
       */
      is_legacy: z.boolean(),
      is_experimental: z.boolean(),
    }),
  ),
  /** `true`: with this auth type, each user can authorize with their own account. */
  supports_personal: z.boolean(),
});

const jsonSchema = z.record(z.string(), z.unknown());

/**
 * Form and actions of a connector type: a JSON Schema of `{ config, secrets }`, and the input of
 * each action.
 */
export const connectorSpecBody = z.object({
  metadata: z.object({
    id: z.string(),
    display_name: z.string(),
    description: z.string(),
    icon: z.string().optional(),
    docs_url: z.string().optional(),
    minimum_license: z.string(),
    is_technical_preview: z.boolean(),
    supported_feature_ids: z.array(z.string()),
  }),
  schema: jsonSchema,
  /** `true`: URLs in the form must use https, unless the operator configured an exception. */
  is_https_required: z.boolean(),
  /** Sentences that explain the scopes of the provider, by scope. Empty: none are known. */
  scope_labels: z.record(z.string(), z.string()),
  is_testable: z.boolean(),
  /** Always `false`, because this server receives no events from services. */
  is_inbound_only: z.boolean(),
  /** Actions by name, in the order of the spec. */
  actions: z.record(
    z.string(),
    z.object({
      /** Name of the action, as users see it. */
      label: z.string(),
      description: z.string(),
      /** Effect of the action on the data of the service. Not in Kibana. */
      scope: z.enum(['read', 'write', 'destroy']),
      is_tool: z.boolean(),
      input: jsonSchema,
    }),
  ),
});

/** Privileges to read connector types: the same as for reading connectors. */
const privileges = ['actions:get'] as const;
const query = z.strictObject({ feature_id: z.string().max(64).optional() });

/**
 * Route that lists all connector types, also disabled ones. An empty `feature_id` selects all
 * types, because forms send an empty string for "no filter".
 */
export const listConnectorTypes = defineRoute({
  method: 'get',
  path: '/api/actions/connector_types',
  access: 'public',
  summary: 'Get connector types',
  tags: ['connectors'],
  privileges,
  query,
  responses: {
    200: { description: 'All connector types.', body: z.array(connectorTypeBody) },
  },
});

/**
 * As {@link listConnectorTypes}, in the language of `Accept-Language`. Kibana's web pages use this
 * route.
 */
export const listConnectorTypesInternally = defineRoute({
  ...listConnectorTypes,
  path: '/internal/actions/connector_types',
  access: 'internal',
  summary: 'Get connector types, system types included',
});

/** Route that returns the form and the actions of a connector type. */
export const getConnectorSpec = defineRoute({
  method: 'get',
  path: '/internal/actions/connector_types/{id}/spec',
  access: 'internal',
  summary: 'Get the form and actions of a connector type',
  description:
    'In the language of `Accept-Language`. Browsers may keep the response and must ask with `If-None-Match` before using it.',
  privileges,
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  responses: {
    200: { description: 'The spec, with an `ETag`.', body: connectorSpecBody },
    304: { description: 'The spec has not changed.' },
  },
});
