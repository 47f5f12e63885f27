import {
  type AuthTypeEntry,
  authModeOf,
  getMeta,
  getSchemaForAuthType,
  type MapText,
  mapSpecTexts,
  serializeConnectorSpec,
  specTranslator,
} from '@latchkey/connector-specs';
import { type Language, pseudoLocalize } from '@latchkey/core/common';
import type { z } from 'zod';
import type { connectorSpecBody, connectorTypeBody } from '../../common/index.ts';
import type { ConnectorType } from './connector_type.ts';

/** Returns a function that translates texts of a type into a language. */
const translatorOf = ({ spec }: ConnectorType, language: Language): MapText => {
  if (language === 'en') return (text) => text;
  return language === 'en-XA' ? pseudoLocalize : specTranslator(spec, language);
};

/** Maps a type to {@link connectorTypeBody}. */
export const toConnectorTypeBody = (
  type: ConnectorType,
  { isEnabled, language }: { readonly isEnabled: boolean; readonly language: Language },
): z.infer<typeof connectorTypeBody> => ({
  id: type.id,
  name: translatorOf(type, language)(type.name),
  description: translatorOf(type, language)(type.description),
  // This server has no license check, so a type is enabled if the configuration enables it.
  enabled: isEnabled,
  enabled_in_config: isEnabled,
  enabled_in_license: true,
  minimum_license_required: type.minimumLicenseRequired,
  supported_feature_ids: [...type.supportedFeatureIds],
  is_system_action_type: false,
  is_deprecated: false,
  is_experimental: type.isExperimental,
  is_testable: type.isTestable,
  ...(type.spec.metadata.icon === undefined ? {} : { icon: type.spec.metadata.icon }),
  source: type.source,
  ...localizedAuthTypes(type, translatorOf(type, language)),
});

/**
 * Auth types by connector type. Cached, because building their schemas takes about a millisecond.
 */
const authTypes = new WeakMap<ConnectorType, AuthTypes>();

type AuthTypes = Pick<z.infer<typeof connectorTypeBody>, 'auth_types' | 'supports_personal'>;

const authTypesOf = (type: ConnectorType): AuthTypes => {
  const known = authTypes.get(type);
  if (known !== undefined) return known;
  const all = (type.spec.auth?.types ?? []).map(toAuthTypeBody);
  const found = {
    auth_types: all,
    supports_personal: all.some(({ auth_mode }) => auth_mode === 'per-user'),
  };
  authTypes.set(type, found);
  return found;
};

const localizedAuthTypes = (type: ConnectorType, translate: MapText): AuthTypes => {
  const { auth_types, supports_personal } = authTypesOf(type);
  const translated = auth_types.map((one) => ({ ...one, label: translate(one.label) }));
  return { auth_types: translated, supports_personal };
};

const toAuthTypeBody = (entry: AuthTypeEntry): AuthTypes['auth_types'][number] => {
  const { id, schema } = getSchemaForAuthType(entry);
  const { label, isRecommended, isLegacy, isExperimental } = getMeta(schema);
  return {
    id,
    label: label ?? id,
    auth_mode: authModeOf(id),
    is_recommended: isRecommended === true,
    is_legacy: isLegacy === true,
    is_experimental: isExperimental === true,
  };
};

/** Properties of forms that do not depend on the connector type. */
export interface FormSettings {
  /** `true`: URLs must use https. `false` only with `dangerouslyAllowHttp` of the egress. */
  readonly isHttpsRequired: boolean;
  /** Returns sentences that explain the scopes of the provider, by scope. */
  scopeLabels(spec: ConnectorType['spec'], language: Language): Readonly<Record<string, string>>;
}

/**
 * Maps a type to {@link connectorSpecBody}. Converts the keys of this response to snake case, but
 * not the keys inside the schemas, which are data.
 */
export const toConnectorSpecBody = (
  type: ConnectorType,
  settings: FormSettings,
  language: Language,
): z.infer<typeof connectorSpecBody> => {
  const { metadata, schema, isTestable, actions } = mapSpecTexts(
    serializeConnectorSpec(type.spec),
    translatorOf(type, language),
  );
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
    is_https_required: settings.isHttpsRequired,
    scope_labels: settings.scopeLabels(type.spec, language),
    is_testable: isTestable,
    is_inbound_only: false,
    actions: Object.fromEntries(
      actions.map(({ name, isTool, ...action }) => [name, { ...action, is_tool: isTool }]),
    ),
  };
};
