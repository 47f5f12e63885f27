import { serializeConnectorSpec } from '@latchkey/connector-specs';
import { z } from 'zod';
import type { ConnectorType } from './connector_type.ts';

/** A connector type in REST responses. */
export const connectorTypeBody = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** `true`: enabled in both config and license. */
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
});

/** Maps a type to {@link connectorTypeBody}. */
export const toConnectorTypeBody = (
  type: ConnectorType,
  enabledInConfig: boolean,
): z.infer<typeof connectorTypeBody> => ({
  id: type.id,
  name: type.name,
  description: type.description,
  // This server has no license: every feature is available.
  enabled: enabledInConfig,
  enabled_in_config: enabledInConfig,
  enabled_in_license: true,
  minimum_license_required: type.minimumLicenseRequired,
  supported_feature_ids: [...type.supportedFeatureIds],
  is_system_action_type: false,
  is_deprecated: false,
  is_experimental: type.isExperimental,
  is_testable: type.isTestable,
  ...(type.spec.metadata.icon === undefined ? {} : { icon: type.spec.metadata.icon }),
  source: type.source,
});

const jsonSchema = z.record(z.string(), z.unknown());

/**
 * The form of a connector type: JSON Schema of `{ config, secrets }`, and the input of its actions.
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
  is_testable: z.boolean(),
  /** Always `false`: there are no inbound events here. */
  is_inbound_only: z.boolean(),
  /** By name, in the order of the spec. */
  actions: z.record(
    z.string(),
    z.object({
      description: z.string(),
      /** Not in Kibana. */
      scope: z.enum(['read', 'write', 'destroy']),
      is_tool: z.boolean(),
      input: jsonSchema,
    }),
  ),
});

/**
 * Maps a type to {@link connectorSpecBody}. Converts only our own keys to snake case; keys inside
 * the schemas are data.
 */
export const toConnectorSpecBody = (type: ConnectorType): z.infer<typeof connectorSpecBody> => {
  const { metadata, schema, isTestable, actions } = serializeConnectorSpec(type.spec);
  return {
    metadata: {
      id: metadata.id,
      display_name: metadata.displayName,
      description: metadata.description,
      ...(metadata.icon === undefined ? {} : { icon: metadata.icon }),
      ...(metadata.docsUrl === undefined ? {} : { docs_url: metadata.docsUrl }),
      minimum_license: metadata.minimumLicense,
      is_technical_preview: metadata.isTechnicalPreview ?? false,
      supported_feature_ids: [...metadata.supportedFeatureIds],
    },
    schema,
    is_testable: isTestable,
    is_inbound_only: false,
    actions: Object.fromEntries(
      actions.map(({ name, isTool, ...action }) => [name, { ...action, is_tool: isTool }]),
    ),
  };
};
