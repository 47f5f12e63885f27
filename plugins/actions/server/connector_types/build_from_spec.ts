import {
  AuthTypeError,
  type ConnectorSpec,
  ConnectorSpecError,
  validateConnectorSpec,
} from '@latchkey/connector-specs';
import type { ConnectorType, ConnectorTypeDeps } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { buildApiOrigins } from './url_fields.ts';
import { buildConfigValidator } from './validate_config.ts';
import { buildEndpointsValidator } from './validate_endpoints.ts';
import { buildParamsValidator } from './validate_params.ts';
import { buildSecretsValidator } from './validate_secrets.ts';

/**
 * Builds the mapping from the type's own secrets to those of an auth type. An error of the mapping
 * becomes `invalid_secrets`, because the administrator entered the secrets.
 */
const buildCredentialMapping = ({
  credentials,
  metadata,
}: ConnectorSpec): ConnectorType['mapCredentials'] => {
  if (credentials === undefined) return undefined;
  return (config, secrets) => {
    try {
      return credentials.map(config, secrets);
    } catch (error) {
      if (!(error instanceof AuthTypeError)) throw error;
      throw new ConnectorTypeError(
        'invalid_secrets',
        metadata.id,
        `invalid secrets: ${error.message}`,
        { cause: error },
      );
    }
  };
};

/**
 * Builds a connector type from a spec.
 * @throws ConnectorTypeError `invalid_spec`; the message names the rule that the spec breaks
 */
export const buildFromSpec = (spec: ConnectorSpec, deps: ConnectorTypeDeps): ConnectorType => {
  const { metadata } = spec;
  try {
    validateConnectorSpec(spec);
    return Object.freeze<ConnectorType>({
      id: metadata.id,
      name: metadata.displayName,
      description: metadata.description,
      minimumLicenseRequired: metadata.minimumLicense,
      supportedFeatureIds: metadata.supportedFeatureIds,
      isExperimental: metadata.isTechnicalPreview ?? false,
      isTestable: spec.test.enabled,
      source: 'spec',
      globalAuthHeaders: spec.auth?.headers ?? {},
      spec,
      credentialOrigins: buildApiOrigins(spec),
      mapCredentials: buildCredentialMapping(spec),
      validate: {
        config: buildConfigValidator(spec, deps),
        secrets: buildSecretsValidator(spec, deps),
        derivedEndpoints: buildEndpointsValidator(spec, deps),
        params: buildParamsValidator(spec, deps),
      },
    });
  } catch (error) {
    if (!(error instanceof ConnectorSpecError || error instanceof AuthTypeError)) throw error;
    throw new ConnectorTypeError('invalid_spec', metadata.id, error.message, { cause: error });
  }
};
