import { isPlainText } from '@latchkey/core/common';
import { z } from 'zod';
import {
  type ConnectorForm,
  chosenOption,
  type FormField,
  type JsonField,
  secretsKey,
} from './form_field.ts';
import {
  encodeFields,
  type FieldValues,
  type FormValues,
  type KeyValueRow,
} from './form_values.ts';
import { isMet, isShown, type ReadField, readerOf } from './shown_fields.ts';

/** Problem of one field, in the same form as the server's `attributes.issues`. */
export interface FieldIssue {
  /** Path of the field: `name`, or for example `config.url` or `secrets.clientSecret`. */
  readonly path: string;
  readonly code: string;
  /** Message of the server. `undefined`: the browser found the problem. */
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}

/** Rules of the server that the browser applies. */
export interface ValidationRules {
  /** `true`: URLs must be https. The server allows exceptions that its operator configured. */
  readonly isHttpsRequired: boolean;
}

/** Maximum characters of the name of a connector. */
const MAX_NAME_LENGTH = 1000;

const NO_ACTION: FieldIssue = { path: 'config.enabledActions', code: 'no_action' };

/**
 * Problems of a connector form. Empty: it can be sent to the server, which checks further rules.
 */
export function validateForm(
  form: ConnectorForm,
  values: FormValues,
  rules: ValidationRules,
): readonly FieldIssue[] {
  const option = chosenOption(form, values.authType);
  return [
    ...nameIssues(values.name),
    ...validateFields(form.config, values.config, {
      ...rules,
      read: readerOf(form, values, 'config'),
    }).map(below('config')),
    ...validateFields(option.fields, values.secrets[secretsKey(option.id)] ?? {}, {
      ...rules,
      kept: new Set(values.kept),
      read: readerOf(form, values, 'secrets'),
    }).map(below('secrets')),
    ...(values.enabledActions?.length === 0 ? [NO_ACTION] : []),
  ];
}

/** Problems of those fields of a group that the form shows. Paths are names of fields. */
export function validateFields(
  fields: readonly FormField[],
  values: FieldValues,
  rules: ValidationRules & {
    readonly kept?: ReadonlySet<string>;
    /** Reads values on which fields depend. Default: values of the same group. */
    readonly read?: ReadField;
  },
): readonly FieldIssue[] {
  const { kept = new Set(), read = (name) => values[name] } = rules;
  const edited = fields.filter((field) => isShown(field, read) && !kept.has(field.name));
  const wire = encodeFields(fields, values);
  // A field with a default is not required, because the default applies when the field is left out.
  const isNeeded = (field: FormField): boolean =>
    (field.isRequired && field.initial === undefined) || isRequiredBy(field, read);
  const shape = edited.map((field) => {
    const schema = schemaOf(field, rules);
    return [field.name, isNeeded(field) ? schema : schema.optional()] as const;
  });
  const checked = z.object(Object.fromEntries(shape)).safeParse(wire);
  return [
    ...(checked.error?.issues ?? []).map((issue) => issueOf(issue, wire)),
    ...edited.flatMap((field) => repeatedKeys(field, values)),
  ];
}

const below =
  (group: string) =>
  (issue: FieldIssue): FieldIssue => ({ ...issue, path: `${group}.${issue.path}` });

const isRequiredBy = ({ requiredUnless, requiredIf }: FormField, read: ReadField): boolean =>
  (requiredUnless !== undefined && !isMet(requiredUnless, read)) ||
  (requiredIf !== undefined && isMet(requiredIf, read));

function nameIssues(name: string): readonly FieldIssue[] {
  const length = name.trim().length;
  if (length === 0) return [{ path: 'name', code: 'required' }];
  if (length > MAX_NAME_LENGTH)
    return [{ path: 'name', code: 'too_long', params: { maximum: MAX_NAME_LENGTH } }];
  return isPlainText(name) ? [] : [{ path: 'name', code: 'control_characters' }];
}

function schemaOf(field: FormField, rules: ValidationRules): z.ZodType {
  switch (field.kind) {
    case 'text':
      return field.format === 'url' ? urlSchema(field, rules) : textSchema(field);
    case 'long_text':
    case 'secret':
      return textSchema(field);
    case 'select':
      return z.enum(field.options);
    case 'number': {
      let number = field.isInteger ? z.int() : z.number();
      if (field.minimum !== undefined) number = number.min(field.minimum);
      if (field.exclusiveMinimum !== undefined) number = number.gt(field.exclusiveMinimum);
      if (field.maximum !== undefined) number = number.max(field.maximum);
      return number;
    }
    case 'switch':
      return z.boolean();
    case 'key_value':
      return z.record(
        limited(z.string().min(1), field.maxKeyLength),
        limited(z.string().min(1), field.maxLength),
      );
    case 'list': {
      let list = z.array(z.string());
      if (field.minItems !== undefined) list = list.min(field.minItems);
      if (field.maxItems !== undefined) list = list.max(field.maxItems);
      return list;
    }
    case 'json':
      return jsonSchema(field);
    default:
      return field satisfies never;
  }
}

const limited = (schema: z.ZodString, maximum: number | undefined): z.ZodString =>
  maximum === undefined ? schema : schema.max(maximum);

function textSchema(field: {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
}): z.ZodString {
  let text = limited(z.string(), field.maxLength);
  if (field.minLength !== undefined) text = text.min(field.minLength);
  const pattern = patternOf(field.pattern);
  return pattern === undefined ? text : text.regex(pattern);
}

/**
 * Compiles a pattern. `undefined`: there is none, or this browser does not support it; then only
 * the server checks it.
 */
function patternOf(source: string | undefined): RegExp | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

/** Schema of a URL. The `format: uri` of JSON Schema would also accept `javascript:`. */
function urlSchema(
  field: Parameters<typeof textSchema>[0],
  { isHttpsRequired }: ValidationRules,
): z.ZodType {
  return textSchema(field).superRefine((text, context) => {
    const url = URL.parse(text);
    const isWeb = url !== null && /^https?:\/\//i.test(text) && url.hostname !== '';
    const code = !isWeb
      ? 'invalid_url'
      : isHttpsRequired && url.protocol !== 'https:'
        ? 'https_required'
        : undefined;
    if (code !== undefined) context.addIssue({ code: 'custom', params: { code } });
  });
}

function jsonSchema({ accepts, maxLength }: JsonField): z.ZodType {
  switch (accepts) {
    case 'text':
      return limited(z.string(), maxLength).superRefine((text, context) => {
        if (!isJsonObject(text)) {
          context.addIssue({ code: 'custom', params: { code: 'json_object_expected' } });
        }
      });
    case 'object':
      return z.record(z.string(), z.unknown());
    case 'array':
      return z.array(z.unknown());
    case 'any':
      return z.unknown();
    default:
      return accepts satisfies never;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Problems of rows with the same name. An object could keep only one of them. */
function repeatedKeys(field: FormField, values: FieldValues): readonly FieldIssue[] {
  const value = values[field.name];
  if (field.kind !== 'key_value' || !Array.isArray(value)) return [];
  const keys = (value as readonly KeyValueRow[]).map(({ key }) => key.trim()).filter(Boolean);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  return repeated === undefined
    ? []
    : [{ path: field.name, code: 'repeated_name', params: { name: repeated } }];
}

function issueOf(issue: z.core.$ZodIssue, wire: Record<string, unknown>): FieldIssue {
  const path = String(issue.path[0] ?? '');
  if (wire[path] === undefined) return { path, code: 'required' };
  switch (issue.code) {
    case 'invalid_type':
      return { path, code: WRONG_TYPE[issue.expected] ?? 'invalid_value' };
    case 'invalid_key':
      return { path, code: 'invalid_name' };
    case 'too_small': {
      if (issue.origin === 'string' && issue.minimum === 1) return { path, code: 'required' };
      const code = issue.origin === 'string' ? 'too_short' : 'too_small';
      return { path, code, params: { minimum: Number(issue.minimum) } };
    }
    case 'too_big': {
      const code = issue.origin === 'string' ? 'too_long' : 'too_big';
      return { path, code, params: { maximum: Number(issue.maximum) } };
    }
    case 'invalid_format':
      return { path, code: 'invalid_format' };
    case 'custom': {
      const code: unknown = issue.params?.['code'];
      return { path, code: typeof code === 'string' ? code : 'invalid_value' };
    }
    default:
      return { path, code: 'invalid_value' };
  }
}

/** Codes of problems when a value has the wrong type, by the expected type. */
const WRONG_TYPE: Readonly<Partial<Record<string, string>>> = {
  number: 'number_expected',
  int: 'integer_expected',
  record: 'json_object_expected',
  array: 'json_list_expected',
};
