import { type ZodType, z } from 'zod';

/** A condition on the value of another field. */
export interface UiCondition {
  readonly field: string;
  /** Values, one of which the other field has. An empty text: it has none. */
  readonly equals: readonly string[];
}

/** Parts of a form for which forms have a heading. */
export type UiSection =
  | 'authorization_request'
  | 'token_request'
  | 'token_response'
  | 'account'
  | 'revocation'
  | 'advanced';

/** Form metadata of a field, inline in the JSON Schema. Unknown keys are kept. */
export interface UiMeta {
  readonly widget?: string;
  readonly widgetOptions?: Readonly<Record<string, unknown>>;
  readonly label?: string;
  /** Texts of the values of a choice, by value. A value without one is its own text. */
  readonly optionLabels?: Readonly<Record<string, string>>;
  readonly placeholder?: string;
  readonly helpText?: string;
  /** Masked in forms, and stored in the encrypted secrets. */
  readonly sensitive?: boolean;
  /** `true`: the field is not rendered. Its default still applies. */
  readonly hidden?: boolean;
  /** Rendered read-only. */
  readonly disabled?: boolean;
  /**
   * Makes an optional field required unless the other field has one of these values. Checked when
   * secrets are parsed.
   */
  readonly requiredUnless?: UiCondition;
  /** Makes an optional field required while the other field has one of these values. As above. */
  readonly requiredIf?: UiCondition;
  /**
   * Shown only while the other field has one of these values. Forms check and send no field that
   * they do not show. The other field is one of the same group, of the config, or `authType`, the
   * chosen way to authenticate. It must not depend on a third field itself.
   */
  readonly shownIf?: UiCondition;
  readonly order?: number;
  /** Part of the form, folded at first. Forms have a heading for each {@link UiSection}. */
  readonly section?: string;
  /** `allowedHosts`: the host of the URL must be in `xpack.actions.allowedHosts`. */
  readonly validate?: { readonly allowedHosts?: boolean };
  readonly [key: string]: unknown;
}

/** Inner schema of a wrapper (`optional`, `default`, `nullable`, `readonly`, …). */
const innerOf = (schema: ZodType): ZodType | undefined => {
  const inner: unknown = 'innerType' in schema.def ? schema.def.innerType : undefined;
  return inner instanceof z.ZodType ? inner : undefined;
};

/** Metadata of a schema and of the schemas that it wraps. The outermost value of a key wins. */
export const getMeta = (schema: ZodType): UiMeta => {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : getMeta(inner)), ...z.globalRegistry.get(schema) };
};

/** A copy of the schema with exactly this metadata. A wrapped schema keeps its own metadata. */
export const setMeta = <T extends ZodType>(schema: T, meta: UiMeta): T => {
  // Unlike `.meta()`, a clone of the definition does not inherit metadata.
  const copy = schema.clone(schema.def);
  z.globalRegistry.add(copy, meta);
  return copy as T;
};

/** A copy of the schema with `meta` merged over its metadata. */
export const addMeta = <T extends ZodType>(schema: T, meta: UiMeta): T =>
  setMeta(schema, { ...getMeta(schema), ...meta });
