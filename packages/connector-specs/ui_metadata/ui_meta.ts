import { type ZodType, z } from 'zod';

/** How a form shows a field; travels inline in the JSON Schema. Unknown keys pass through. */
export interface UiMeta {
  readonly widget?: string;
  readonly widgetOptions?: Readonly<Record<string, unknown>>;
  readonly label?: string;
  readonly placeholder?: string;
  readonly helpText?: string;
  /** Masked in forms and kept in the encrypted secrets. */
  readonly sensitive?: boolean;
  /** Not rendered; its default still applies. */
  readonly hidden?: boolean;
  /** Rendered read-only. */
  readonly disabled?: boolean;
  /**
   * Makes an optional field required unless the other field has that value. Secrets are checked
   * when parsed.
   */
  readonly requiredUnless?: { readonly field: string; readonly equals: string };
  readonly order?: number;
  readonly section?: string;
  /** `allowedHosts`: the URL's host must be in `xpack.actions.allowedHosts`. */
  readonly validate?: { readonly allowedHosts?: boolean };
  readonly [key: string]: unknown;
}

/** Wrappers (`optional`, `default`, `nullable`, `readonly`, …) that keep their inner schema under this name. */
const innerOf = (schema: ZodType): ZodType | undefined => {
  const inner: unknown = 'innerType' in schema.def ? schema.def.innerType : undefined;
  return inner instanceof z.ZodType ? inner : undefined;
};

/** Metadata of a schema, wrappers looked through; the outermost value of a key wins. `{}` when there is none. */
export const getMeta = (schema: ZodType): UiMeta => {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : getMeta(inner)), ...z.globalRegistry.get(schema) };
};

/** A copy of the schema with exactly this metadata of its own (a wrapped schema keeps its own). The argument stays untouched. */
export const setMeta = <T extends ZodType>(schema: T, meta: UiMeta): T => {
  // Cloning with the definition, unlike `.meta()`, does not inherit what was there before.
  const copy = schema.clone(schema.def);
  z.globalRegistry.add(copy, meta);
  return copy as T;
};

/** A copy of the schema with `meta` merged over what it has. The argument stays untouched. */
export const addMeta = <T extends ZodType>(schema: T, meta: UiMeta): T =>
  setMeta(schema, { ...getMeta(schema), ...meta });
