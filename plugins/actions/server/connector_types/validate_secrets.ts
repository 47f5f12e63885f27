import {
  type ConnectorSpec,
  generateSecretsSchemaFromSpec,
  getSchemaForAuthType,
} from '@latchkey/connector-specs';
import type { ConnectorTypeDeps, ConnectorTypeValidators } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { explainIssues } from './explain_issues.ts';
import { toFormIssues } from './form_issues.ts';
import { ensureUrlsAllowed, flaggedUrlFields } from './url_fields.ts';

const EARS = 'ears';
const EARS_UNAVAILABLE = 'the auth type [ears] is not available: set xpack.actions.auth.ears.url';

/**
 * Converts `{}`, `undefined` and `null` to "no authentication". If the spec defines no
 * authentication, an explicit `authType: none` means the same.
 */
const normalize = (secrets: unknown, spec: ConnectorSpec): unknown => {
  const value = secrets ?? {};
  if (spec.credentials !== undefined) return value;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (spec.auth === undefined || spec.auth.types.length === 0) {
    const { authType, ...rest } = value as Record<string, unknown>;
    return authType === undefined || authType === 'none' ? rest : value;
  }
  return 'authType' in value ? value : { ...value, authType: 'none' };
};

const urlFieldsByAuthType = (spec: ConnectorSpec): ReadonlyMap<string, readonly string[]> =>
  new Map(
    (spec.auth?.types ?? []).map((entry) => {
      const { id, schema } = getSchemaForAuthType(entry);
      return [id, flaggedUrlFields(schema)];
    }),
  );

/**
 * Builds the validator for the secrets of a type.
 * @throws AuthTypeError when an auth type of the spec has no valid schema
 */
export const buildSecretsValidator = (
  spec: ConnectorSpec,
  deps: ConnectorTypeDeps,
): ConnectorTypeValidators['secrets'] => {
  const schema = generateSecretsSchemaFromSpec(spec);
  const urlFields = urlFieldsByAuthType(spec);
  const connectorTypeId = spec.metadata.id;
  return (secrets) => {
    const input = normalize(secrets, spec);
    const parsed = schema.safeParse(input);
    if (!parsed.success) {
      throw new ConnectorTypeError(
        'invalid_secrets',
        connectorTypeId,
        `invalid secrets: ${explainIssues(parsed.error.issues, { nameUnknownKeys: false })}`,
        { issues: toFormIssues('secrets', parsed.error.issues, input) },
      );
    }
    const { authType } = parsed.data;
    if (authType === EARS && deps.isEarsAvailable?.() === false) {
      throw new ConnectorTypeError('ears_unavailable', connectorTypeId, EARS_UNAVAILABLE, {
        issues: [{ path: 'secrets.authType', code: 'ears_unavailable', message: EARS_UNAVAILABLE }],
      });
    }
    ensureUrlsAllowed({
      connectorTypeId,
      part: 'secrets',
      values: parsed.data,
      fields: urlFields.get(String(authType)) ?? [],
      ensureUriAllowed: deps.ensureUriAllowed,
    });
    return parsed.data;
  };
};
