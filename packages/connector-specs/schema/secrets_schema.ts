import { type ZodDiscriminatedUnion, type ZodObject, z } from 'zod';
import { authModeOf } from '../auth_types/index.ts';
import type { AuthMode, AuthTypeEntry, ConnectorSpec } from '../contract/types.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { getSchemaForAuthType } from './auth_type_schema.ts';

/**
 * Schema of a connector's secrets: one closed object per auth type, discriminated by `authType`, or
 * the type's own shape. An empty object when there is no auth.
 */
export type SecretsSchema = ZodObject | ZodDiscriminatedUnion<ZodObject[], 'authType'>;

const idOf = (entry: AuthTypeEntry): string => (typeof entry === 'string' ? entry : entry.type);

/**
 * The secrets schema of a spec, in the picker's order.
 * @param options.authMode keeps only the auth types of that mode, for forms that may not switch modes
 * @throws AuthTypeError as {@link getSchemaForAuthType}
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
