import type { ConnectorSpec } from '@latchkey/connector-specs';
import { z } from 'zod';
import type { ConnectorTypeDeps, ConnectorTypeValidators } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { explainIssues } from './explain_issues.ts';
import { toFormIssues } from './form_issues.ts';
import { ensureUrlsAllowed, urlConfigFields } from './url_fields.ts';

/**
 * Adds `authType` to the config schema: the config has a copy of it, because secrets cannot be read
 * back (§4.8 of the server contract).
 */
const withAuthType = (spec: ConnectorSpec): z.ZodObject => {
  const schema = spec.schema ?? z.strictObject({});
  if ('authType' in schema.shape) return schema;
  const ids = (spec.auth?.types ?? []).map((entry) =>
    typeof entry === 'string' ? entry : entry.type,
  );
  return z.strictObject({ ...schema.shape, authType: z.enum(['none', ...ids]).optional() });
};

/** Builds the config validator of a type. */
export const buildConfigValidator = (
  spec: ConnectorSpec,
  deps: ConnectorTypeDeps,
): ConnectorTypeValidators['config'] => {
  const schema = withAuthType(spec);
  const fields = urlConfigFields(spec);
  const connectorTypeId = spec.metadata.id;
  return (config) => {
    const parsed = schema.safeParse(config ?? {});
    if (!parsed.success) {
      throw new ConnectorTypeError(
        'invalid_config',
        connectorTypeId,
        `invalid config: ${explainIssues(parsed.error.issues, { nameUnknownKeys: true })}`,
        { issues: toFormIssues('config', parsed.error.issues, config ?? {}) },
      );
    }
    ensureUrlsAllowed({
      connectorTypeId,
      part: 'config',
      values: parsed.data,
      fields,
      ensureUriAllowed: deps.ensureUriAllowed,
    });
    return parsed.data;
  };
};
