import {
  type ConnectorSpec,
  ENABLED_ACTIONS,
  enabledActionsSchema,
  enteredUrlProblem,
  providerDataOf,
} from '@latchkey/connector-specs';
import { z } from 'zod';
import type { ConnectorTypeDeps, ConnectorTypeValidators } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { explainIssues } from './explain_issues.ts';
import { formPath, toFormIssues } from './form_issues.ts';
import { ensureUrlsAllowed, urlConfigFields } from './url_fields.ts';

/**
 * Adds the fields that every connector has to the schema of the config: the names of its enabled
 * actions, and `authType`. The config has a copy of `authType`, because clients never get
 * the secrets back.
 */
const withCommonFields = (spec: ConnectorSpec): z.ZodObject => {
  const schema = spec.schema ?? z.strictObject({});
  const enabledActions = enabledActionsSchema(spec);
  const added = enabledActions === undefined ? {} : { [ENABLED_ACTIONS]: enabledActions };
  if ('authType' in schema.shape) return schema.extend(added);
  const ids = (spec.auth?.types ?? []).map((entry) =>
    typeof entry === 'string' ? entry : entry.type,
  );
  const authType = z.enum(['none', ...ids]).optional();
  return z.strictObject({ ...schema.shape, ...added, authType });
};

/**
 * Checks the grant facts in URLs of a connector whose administrator enters facts of its provider.
 * @throws ConnectorTypeError `invalid_config`
 */
function ensureUrlsDeclared(
  spec: ConnectorSpec,
  config: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  if (spec.providerDataField === undefined) return;
  const { grantFacts = [] } = providerDataOf(spec, config) ?? {};
  for (const field of fields) {
    const message = enteredUrlProblem(String(config[field] ?? ''), grantFacts);
    if (message === undefined) continue;
    throw new ConnectorTypeError('invalid_config', spec.metadata.id, `[${field}]: ${message}`, {
      issues: [{ path: formPath('config', [field]), code: 'invalid', message }],
    });
  }
}

/** Builds the config validator of a type. */
export const buildConfigValidator = (
  spec: ConnectorSpec,
  deps: ConnectorTypeDeps,
): ConnectorTypeValidators['config'] => {
  const schema = withCommonFields(spec);
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
    ensureUrlsDeclared(spec, parsed.data, fields);
    ensureUrlsAllowed({
      connectorTypeId,
      part: 'config',
      values: parsed.data,
      fields,
      mayHaveGrantHost: spec.providerDataField !== undefined,
      ensureUriAllowed: deps.ensureUriAllowed,
    });
    return parsed.data;
  };
};
