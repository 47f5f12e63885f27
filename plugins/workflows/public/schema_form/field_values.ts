import { isRecord, type JsonSchema, validateAuthorSchema } from '@latchkey/workflow-language';
import type { ListItems, SchemaField } from './schema_field.ts';

/** Reason why the text of a field cannot be sent. `text`: a message of the schema check. */
export type FieldFault =
  | { readonly kind: 'required' | 'number' | 'integer' | 'json' | 'items' }
  | { readonly kind: 'mismatch'; readonly text: string };

/** Values of a form, or the faults of its fields. */
export type EncodedFields =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'faults';
      /** Faults by the position of their field. */
      readonly faults: ReadonlyMap<number, FieldFault>;
      /** Messages about faults that belong to no field. */
      readonly others: readonly string[];
    };

/** Value that the field of a `choice` has for the option at a position. */
export const optionText = (index: number): string => String(index);

/**
 * Converts the texts of a form to values. An empty field becomes absent, so that the server uses
 * the default.
 * @param texts in the order of the fields
 */
export function encodeFields(
  schema: JsonSchema,
  fields: readonly SchemaField[],
  texts: readonly string[],
): EncodedFields {
  const faults = new Map<number, FieldFault>();
  const values: [string, unknown][] = [];
  for (const [index, field] of fields.entries()) {
    const encoded = encodeField(field, texts[index] ?? '');
    if ('fault' in encoded) faults.set(index, encoded.fault);
    else if (encoded.value !== undefined) values.push([field.name, encoded.value]);
  }
  if (faults.size > 0) return { kind: 'faults', faults, others: [] };
  const all = Object.fromEntries(values);
  const others: string[] = [];
  for (const { path, message } of validateAuthorSchema(withoutDefaulted(schema, fields), all)) {
    const index = fields.findIndex(({ name }) => name === path[0]);
    if (index < 0) others.push(message);
    else if (!faults.has(index)) faults.set(index, { kind: 'mismatch', text: message });
  }
  if (faults.size > 0 || others.length > 0) return { kind: 'faults', faults, others };
  return { kind: 'values', values: all };
}

/**
 * Copy of the schema in which properties with a default are not required, because the server fills
 * in defaults.
 */
function withoutDefaulted(schema: JsonSchema, fields: readonly SchemaField[]): JsonSchema {
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return { ...schema, required };
}

type Encoded = { readonly value: unknown } | { readonly fault: FieldFault };

function encodeField(field: SchemaField, text: string): Encoded {
  if (field.kind === 'text' || field.kind === 'long_text')
    return text === '' ? emptyField(field) : { value: text };
  const trimmed = text.trim();
  if (trimmed === '') return emptyField(field);
  switch (field.kind) {
    case 'number':
    case 'integer':
      return encodeNumber(trimmed, field.kind);
    case 'boolean':
      return { value: trimmed === 'true' };
    case 'choice':
      return { value: field.options[Number(trimmed)] };
    case 'list':
      return trimmed.startsWith('[') ? encodeJson(trimmed) : encodeList(trimmed, field.items);
    case 'json':
      return encodeJson(trimmed);
    case 'any': {
      const encoded = encodeJson(trimmed);
      // A number with more digits than JavaScript keeps is a text, such as an id.
      const isKept =
        'value' in encoded &&
        (typeof encoded.value !== 'number' || String(encoded.value) === trimmed);
      return isKept ? encoded : { value: text };
    }
  }
}

const emptyField = ({ isRequired }: SchemaField): Encoded =>
  isRequired ? { fault: { kind: 'required' } } : { value: undefined };

function encodeNumber(text: string, kind: 'number' | 'integer'): Encoded {
  const value = Number(text);
  if (!Number.isFinite(value)) return { fault: { kind: 'number' } };
  if (kind === 'integer' && !Number.isInteger(value)) return { fault: { kind } };
  return { value };
}

function encodeJson(text: string): Encoded {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: { kind: 'json' } };
  }
}

function encodeList(text: string, items: ListItems): Encoded {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (items === 'text') return { value: lines };
  const values = lines.map((line) => (items === 'number' ? Number(line) : BOOLEANS[line]));
  const isWrong = values.some((value) => value === undefined || Number.isNaN(value));
  return isWrong ? { fault: { kind: 'items' } } : { value: values };
}

const BOOLEANS: Readonly<Partial<Record<string, boolean>>> = { true: true, false: false };

/**
 * Texts of a form that show given values, for example the values of an earlier run.
 * @returns texts in the order of the fields; empty for absent values
 */
export function fieldTexts(fields: readonly SchemaField[], values: unknown): readonly string[] {
  const given = isRecord(values) ? values : {};
  return fields.map((field) => {
    const value = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    return value === undefined ? '' : fieldText(field, value);
  });
}

function fieldText({ kind, options }: SchemaField, value: unknown): string {
  if (kind === 'choice') {
    const index = options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value));
    return index < 0 ? '' : optionText(index);
  }
  return typeof value === 'string' && kind !== 'json' ? value : JSON.stringify(value, undefined, 2);
}

/** Issues of a response with the status 400, as `attributes.issues` has them. */
interface ServerIssue {
  /**
   * Path of the value inside the request, joined by dots. Empty: the issue is about all values
   * together.
   */
  readonly path: string;
  readonly message: string;
}

/** Reads the issues of an error response. Returns an empty list if there are none. */
export function serverIssues(attributes: unknown): readonly ServerIssue[] {
  const issues = isRecord(attributes) ? attributes['issues'] : undefined;
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue: unknown) =>
    isRecord(issue) && typeof issue['path'] === 'string' && typeof issue['message'] === 'string'
      ? [{ path: issue['path'], message: issue['message'] }]
      : [],
  );
}

/** Position of the field that an issue of the server is about. -1: no field. */
export function fieldOfIssue(fields: readonly SchemaField[], { path }: ServerIssue): number {
  const exact = fields.findIndex(({ name }) => name === path);
  return exact >= 0 ? exact : fields.findIndex(({ name }) => path.startsWith(`${name}.`));
}
