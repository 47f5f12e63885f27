import { type ZodType, z } from 'zod';

/** A condition on the value of another field. */
export interface UiCondition {
  readonly field: string;
  /**
   * Values of the other field with which the condition is met. An empty string stands for a field
   * without a value.
   */
  readonly equals: readonly string[];
}

/** Sections of a form that have a heading. */
export type UiSection =
  | 'authorization_request'
  | 'token_request'
  | 'token_response'
  | 'account'
  | 'revocation'
  | 'advanced';

/** Form metadata of a field, which is part of the JSON Schema. Unknown members are kept. */
export interface UiMeta {
  readonly widget?: string;
  readonly widgetOptions?: Readonly<Record<string, unknown>>;
  readonly label?: string;
  /** Labels of the values of a choice, by value. A value without a label is shown itself. */
  readonly optionLabels?: Readonly<Record<string, string>>;
  readonly placeholder?: string;
  readonly helpText?: string;
  /** `true`: forms mask the value, and it is stored in the encrypted secrets. */
  readonly sensitive?: boolean;
  /** `true`: the field is not rendered. Its default still applies. */
  readonly hidden?: boolean;
  /** `true`: forms show the field, but users cannot change it. */
  readonly disabled?: boolean;
  /**
   * Makes an optional field required unless the other field has one of these values. Checked when
   * secrets are parsed.
   */
  readonly requiredUnless?: UiCondition;
  /**
   * Makes an optional field required while the other field has one of these values. Checked when
   * secrets are parsed.
   */
  readonly requiredIf?: UiCondition;
  /**
   * The field is shown only while the other field has one of these values. Forms neither check nor
   * send a field that they do not show. The other field is one of the same group, one of the
   * config, or `authType`, the chosen way to authenticate. It must not itself depend on a third
   * field.
   */
  readonly shownIf?: UiCondition;
  readonly order?: number;
  /**
   * Section of the form that contains the field. Forms fold sections at first. A {@link UiSection}
   * has a heading.
   */
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

/**
 * A copy of the schema whose metadata is exactly `meta`. A schema that it wraps keeps its own
 * metadata.
 */
export const setMeta = <T extends ZodType>(schema: T, meta: UiMeta): T => {
  // A clone does not inherit metadata, while a schema that `.meta()` returns does.
  const copy = schema.clone(schema.def);
  z.globalRegistry.add(copy, meta);
  return copy as T;
};

/** A copy of the schema with `meta` merged over its metadata. */
export const addMeta = <T extends ZodType>(schema: T, meta: UiMeta): T =>
  setMeta(schema, { ...getMeta(schema), ...meta });
