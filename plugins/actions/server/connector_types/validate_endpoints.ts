import { type ConnectorSpec, endpointConfigFields, providerOf } from '@latchkey/connector-specs';
import {
  ProviderConfigError,
  type ProviderEntry,
  resolveProvider,
} from '@latchkey/oauth-providers';
import type { ConnectorTypeDeps, ConnectorTypeValidators } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { formPath } from './form_issues.ts';
import { ensureUrlsAllowed } from './url_fields.ts';

const CLIENT_CREDENTIALS = 'oauth_client_credentials';

/**
 * Builds a validator for the config fields that an auth type requires, and for the endpoints that
 * the provider definition derives from config fields.
 */
export const buildEndpointsValidator = (
  spec: ConnectorSpec,
  { ensureUriAllowed }: Pick<ConnectorTypeDeps, 'ensureUriAllowed'>,
): ConnectorTypeValidators['derivedEndpoints'] => {
  const entry = providerOf(spec);
  const connectorTypeId = spec.metadata.id;
  const refuse = (field: string, problem: string): never => {
    throw new ConnectorTypeError(
      'invalid_config',
      connectorTypeId,
      `invalid config: [${field}]: ${problem}`,
      { issues: [{ path: formPath('config', [field]), code: 'invalid', message: problem }] },
    );
  };
  const resolve = (unresolved: ProviderEntry, config: Readonly<Record<string, unknown>>) => {
    try {
      return resolveProvider(unresolved, config);
    } catch (error) {
      if (!(error instanceof ProviderConfigError)) throw error;
      return refuse(error.field, error.problem);
    }
  };
  return (config, secrets) => {
    const { authType } = secrets;
    for (const field of spec.requiredConfig?.[String(authType)] ?? []) {
      if ((config[field] ?? '') === '') refuse(field, 'is required with this auth type');
    }
    const [first] = endpointConfigFields(spec, authType);
    if (entry === undefined || first === undefined) return;
    const { authorize, token } = resolve(entry, config);
    for (const [field, { usersOnly = [], default: byDefault }] of Object.entries(entry.config)) {
      const value = String(config[field] || byDefault).toLowerCase();
      const isUsersOnly = usersOnly.includes(value);
      if (authType === CLIENT_CREDENTIALS && isUsersOnly)
        refuse(field, `client credentials need a different value than ${usersOnly.join(', ')}`);
    }
    const urls = {
      tokenUrl: token.url,
      ...(authType === CLIENT_CREDENTIALS ? {} : { authorizationUrl: authorize.url }),
    };
    for (const [name, url] of Object.entries(urls)) {
      if ((secrets[name] ?? '') !== '') continue;
      const values = { [first]: url };
      ensureUrlsAllowed({
        connectorTypeId,
        part: 'config',
        values,
        fields: [first],
        ensureUriAllowed,
      });
    }
  };
};
