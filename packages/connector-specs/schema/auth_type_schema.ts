import { type ZodObject, type ZodType, z } from 'zod';
import { getAuthType } from '../auth_types/index.ts';
import type { AuthTypeDef, AuthTypeEntry } from '../contract/types.ts';
import { addMeta, getMeta, setMeta } from '../ui_metadata/index.ts';

const toDef = (entry: AuthTypeEntry): AuthTypeDef =>
  typeof entry === 'string' ? { type: entry, defaults: {} } : entry;

const withDefaults = (
  shape: Readonly<Record<string, ZodType>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, ZodType> =>
  Object.fromEntries(
    Object.entries(shape).map(([key, field]) => [
      key,
      // `prefault` parses the default with the rules of the field, so an invalid default throws.
      Object.hasOwn(defaults, key) ? z.prefault(field, defaults[key]) : field,
    ]),
  );

const flagsOf = (def: AuthTypeDef): Record<string, true> => ({
  ...(def.isRecommended === true ? { isRecommended: true as const, recommend: true as const } : {}),
  // Forms do not show a hidden option of the union, but its values are accepted.
  ...(def.isLegacy === true ? { isLegacy: true as const, hidden: true as const } : {}),
  ...(def.isExperimental === true ? { isExperimental: true as const } : {}),
});

/** Adds the cross-field rules of the metadata. */
const withRequirements = (schema: ZodObject): ZodObject => {
  const rules = Object.entries(schema.shape).flatMap(([name, field]) => {
    const { requiredUnless, requiredIf } = getMeta(field as ZodType);
    return [
      ...(requiredUnless === undefined ? [] : [{ name, ...requiredUnless, word: 'unless' }]),
      ...(requiredIf === undefined ? [] : [{ name, ...requiredIf, word: 'if' }]),
    ];
  });
  if (rules.length === 0) return schema;
  return schema.superRefine((secrets, context) => {
    for (const { name, field, equals, word } of rules) {
      const applies = equals.some((value) => (secrets[field] ?? '') === value);
      if (secrets[name] !== undefined || applies === (word === 'unless')) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `is required ${word} ${field} is ${equals.join(' or ')}`,
        // The code lets forms show a missing value differently from a wrong one.
        params: { code: 'required' },
      });
    }
  });
};

/**
 * Schema of the secrets of one entry of `auth.types`: an object without further fields, with the
 * literal `authType`, the defaults of the entry and its metadata.
 * @throws AuthTypeError `unknown_auth_type`, or `malformed_secrets` for invalid defaults
 */
export const getSchemaForAuthType = (
  entry: AuthTypeEntry,
): { readonly id: string; readonly schema: ZodObject } => {
  const def = toDef(entry);
  const authType = getAuthType(def.type);
  const shape: Record<string, ZodType> =
    authType.normalizeSchema === undefined
      ? withDefaults(authType.schema.shape as Record<string, ZodType>, def.defaults)
      : { ...(authType.normalizeSchema(def.defaults).shape as Record<string, ZodType>) };
  for (const key of def.optionalFields ?? []) {
    const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (field !== undefined) shape[key] = field.optional();
  }
  for (const [key, meta] of Object.entries(def.overrides?.meta ?? {})) {
    const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (field !== undefined) shape[key] = addMeta(field, meta);
  }
  const schema = withRequirements(z.strictObject({ ...shape, authType: z.literal(authType.id) }));
  return {
    id: authType.id,
    schema: setMeta(schema, {
      label: def.overrides?.label ?? authType.label,
      authMode: authType.authMode,
      ...flagsOf(def),
    }),
  };
};
