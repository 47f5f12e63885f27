import { type ZodDiscriminatedUnion, type ZodObject, z } from 'zod';
import { authModeOf } from '../auth_types/index.ts';
import type { AuthMode, AuthTypeEntry, ConnectorSpec } from '../contract/types.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { getSchemaForAuthType } from './auth_type_schema.ts';

/**
 * Schema of the secrets of a connector: one strict object per auth type, discriminated by
 * `authType`, or the schema of the credential mapping. Without auth types, it is an empty object.
 */
export type SecretsSchema = ZodObject | ZodDiscriminatedUnion<ZodObject[], 'authType'>;

const idOf = (entry: AuthTypeEntry): string => (typeof entry === 'string' ? entry : entry.type);

/**
 * The secrets schema of a spec, in the order of its auth types.
 * @param options.authMode mode of the auth types that are kept, for forms that must not change the
 *   mode. Absent: all are kept
 * @throws AuthTypeError for an entry that {@link getSchemaForAuthType} refuses
 */
export const generateSecretsSchemaFromSpec = (
  spec: Pick<ConnectorSpec, 'auth' | 'credentials'>,
  options: { readonly authMode?: AuthMode | undefined } = {},
): SecretsSchema => {
  if (spec.credentials !== undefined) return spec.credentials.secrets;
  const schemas = (spec.auth?.types ?? [])
    .filter(
      (entry) => options.authMode === undefined || authModeOf(idOf(entry)) === options.authMode,
    )
    .map((entry) => getSchemaForAuthType(entry).schema);
  const [first, ...rest] = schemas;
  if (first === undefined) return z.strictObject({});
  return setMeta(z.discriminatedUnion('authType', [first, ...rest]), { label: 'Authentication' });
};
