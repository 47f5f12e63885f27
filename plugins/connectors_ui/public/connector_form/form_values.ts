import {
  type AuthOption,
  type ConnectorForm,
  chosenOption,
  type FormField,
  isCredential,
  preferredOption,
  secretsKey,
} from './form_field.ts';
import { readerOf, sentFields, withStoredFields } from './shown_fields.ts';

/** A name with its text, in the order of the form. */
export interface KeyValueRow {
  readonly key: string;
  readonly value: string;
}

/**
 * Value of one field while it is edited. Numbers, lists and JSON are texts until they are sent. An
 * empty text means that the field has no value, also for switches.
 */
export type FieldValue = string | boolean | readonly KeyValueRow[];

/** Values by field name. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** Values of a connector form. */
export interface FormValues {
  readonly name: string;
  readonly config: FieldValues;
  /** Id of the chosen {@link AuthOption}. */
  readonly authType: string;
  /** Values of each option, so that choosing another card loses nothing. */
  readonly secrets: Readonly<Record<string, FieldValues>>;
  /** Stored credentials that stay. Only fields of the stored auth type. */
  readonly kept: readonly string[];
  /** Names of the enabled actions. `null`: all. */
  readonly enabledActions: readonly string[] | null;
}

/** Stored values of a connector, as its edit form gets them. Contains no credential. */
export interface StoredValues {
  readonly name: string;
  readonly auth_type: string;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Absent: all actions. */
  readonly enabled_actions?: readonly string[] | undefined;
  readonly secrets?: Readonly<Record<string, unknown>> | undefined;
  readonly credentials?: Readonly<Record<string, { readonly stored: boolean }>> | undefined;
}

/** Part of the request that creates, updates or validates a connector. */
export interface ConnectorInput {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** Absent: the stored secrets stay as they are. */
  readonly secrets?: Record<string, unknown>;
  readonly keep_secrets?: string[];
}

/** Values of an empty form. `name` is a proposal. */
export function newFormValues(form: ConnectorForm, name: string): FormValues {
  return {
    name,
    config: initialValues(form.config),
    authType: preferredOption(form.authOptions).id,
    secrets: Object.fromEntries(
      form.authOptions.map(({ id, fields }) => [secretsKey(id), initialValues(fields)]),
    ),
    kept: [],
    enabledActions: null,
  };
}

/** Values of the form of an existing connector. */
export function storedFormValues(form: ConnectorForm, stored: StoredValues): FormValues {
  const empty = {
    ...newFormValues(form, stored.name),
    config: decodeFields(form.config, stored.config ?? {}),
    enabledActions: enabledActionsOf(form, stored),
  };
  const option = storedOption(form, stored.auth_type);
  // The server has no such auth type any more: the user chooses another one.
  if (option === undefined) return empty;
  const key = secretsKey(option.id);
  return {
    ...empty,
    authType: option.id,
    secrets: { ...empty.secrets, [key]: decodeFields(option.fields, stored.secrets ?? {}) },
    kept: Object.entries(stored.credentials ?? {}).flatMap(([name, { stored: isStored }]) =>
      isStored ? [name] : [],
    ),
  };
}

/** Request of a new connector. */
export function newConnectorInput(form: ConnectorForm, values: FormValues): ConnectorInput {
  return {
    name: values.name.trim(),
    config: {
      ...encodeFields(sentConfig(form, values), values.config),
      ...encodeActions(values),
    },
    secrets: encodeSecrets(form, values),
  };
}

/**
 * Request of an edit. A field that did not change is sent as it is stored, and secrets only when
 * one of them changed. A value whose field the user hid by another choice is no longer sent.
 */
export function changedConnectorInput(
  plainForm: ConnectorForm,
  values: FormValues,
  stored: StoredValues,
): ConnectorInput {
  const form = storedForm(plainForm, stored);
  const option = chosenOption(form, values.authType);
  const config = sentConfig(form, values);
  const changed = {
    name: values.name === stored.name ? stored.name : values.name.trim(),
    config: {
      ...unknownConfig(form, stored.config),
      ...encodeFields(config, values.config),
      ...unchangedValues(config, values.config, stored.config),
      ...(form.actions === undefined ? {} : encodeActions(values)),
    },
  };
  const initial = storedFormValues(form, stored);
  const key = secretsKey(option.id);
  const isSame =
    initial.authType === values.authType &&
    sameJson(initial.kept, values.kept) &&
    sameJson(initial.secrets[key], values.secrets[key]);
  if (isSame) return changed;
  const isStoredType = initial.authType === values.authType;
  const sent = sentSecrets(form, values);
  const hidden = new Set(option.fields.filter((field) => !sent.includes(field)).map(nameOf));
  return {
    ...changed,
    secrets: {
      ...(isStoredType ? unknownValues(option.fields, stored.secrets) : {}),
      ...encodeSecrets(form, values),
      ...(isStoredType ? unchangedValues(sent, values.secrets[key], stored.secrets) : {}),
    },
    ...(isStoredType ? { keep_secrets: values.kept.filter((name) => !hidden.has(name)) } : {}),
  };
}

/**
 * Request of an edit that replaces a later version of the connector. Sends all values as the form
 * shows them. Credentials that the user left untouched stay as they are stored now.
 * `opened` are the values with which the form was opened, `stored` those of now.
 */
export function overwritingConnectorInput(
  form: ConnectorForm,
  values: FormValues,
  { opened, stored }: { readonly opened: StoredValues; readonly stored: StoredValues },
): ConnectorInput {
  const before = storedFormValues(form, opened);
  const option = chosenOption(form, values.authType);
  const shown = new Set(before.authType === values.authType ? before.kept : []);
  const entered = encodeFields(option.fields, values.secrets[secretsKey(option.id)] ?? {});
  const kept = storedFormValues(form, stored).kept.filter((name) =>
    shown.has(name) ? values.kept.includes(name) : ownValue(entered, name) === undefined,
  );
  return changedConnectorInput(form, { ...values, kept }, stored);
}

/**
 * Options that the form offers. A legacy option is offered only to a connector that uses it, and
 * an edit cannot change who authenticates.
 */
export function offeredOptions(
  form: ConnectorForm,
  stored?: Pick<StoredValues, 'auth_type'>,
): readonly AuthOption[] {
  if (stored === undefined) return form.authOptions.filter(({ isLegacy }) => !isLegacy);
  const current = storedOption(form, stored.auth_type);
  return form.authOptions.filter(
    (option) =>
      option === current ||
      (!option.isLegacy && current?.authMode === 'shared' && option.authMode === 'shared'),
  );
}

/** Wire values of fields. Empty ones are left out, so that the server sets its defaults. */
export function encodeFields(
  fields: readonly FormField[],
  values: FieldValues,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = encodeField(field, ownValue(values, field.name));
      return value === undefined ? [] : [[field.name, value] as const];
    }),
  );
}

/** Form values of wire values. Credentials are never among them. */
export function decodeFields(
  fields: readonly FormField[],
  values: Readonly<Record<string, unknown>>,
): FieldValues {
  return Object.fromEntries(
    fields.map((field) => [field.name, decodeField(field, ownValue(values, field.name))]),
  );
}

/** Form values with the defaults of the fields. */
export const initialValues = (fields: readonly FormField[]): FieldValues =>
  Object.fromEntries(fields.map((field) => [field.name, decodeField(field, field.initial)]));

/** Actions that the type has, of those that are enabled. `null`: all. */
function enabledActionsOf(
  { actions = [] }: ConnectorForm,
  { enabled_actions: enabled }: StoredValues,
): FormValues['enabledActions'] {
  if (enabled === undefined) return null;
  return enabled.filter((name) => actions.some((action) => action.name === name));
}

function encodeActions({ enabledActions }: FormValues): Record<string, unknown> {
  return enabledActions === null ? {} : { enabledActions };
}

/** Stored config that the form does not edit. */
function unknownConfig(
  form: ConnectorForm,
  stored: StoredValues['config'],
): Record<string, unknown> {
  const { enabledActions, ...unknown } = unknownValues(form.config, stored);
  return form.actions === undefined && enabledActions !== undefined
    ? { ...unknown, enabledActions }
    : unknown;
}

/** The form of a connector, with the fields of all its stored values. */
export const storedForm = (form: ConnectorForm, stored: StoredValues): ConnectorForm =>
  withStoredFields(form, stored, storedFormValues(form, stored));

const nameOf = ({ name }: FormField): string => name;

const sentConfig = (form: ConnectorForm, values: FormValues): readonly FormField[] =>
  sentFields(form.config, readerOf(form, values, 'config'));

const sentSecrets = (form: ConnectorForm, values: FormValues): readonly FormField[] =>
  sentFields(chosenOption(form, values.authType).fields, readerOf(form, values, 'secrets'));

function encodeSecrets(form: ConnectorForm, values: FormValues): Record<string, unknown> {
  const option = chosenOption(form, values.authType);
  const kept = new Set(values.kept);
  const fields = sentSecrets(form, values).filter(
    (field) => !(isCredential(field) && kept.has(field.name)),
  );
  return {
    ...encodeFields(fields, values.secrets[secretsKey(option.id)] ?? {}),
    ...(option.id === '' ? {} : { authType: option.id }),
  };
}

function encodeField(field: FormField, value: FieldValue | undefined): unknown {
  switch (field.kind) {
    case 'switch':
      return typeof value === 'boolean' ? value : undefined;
    case 'key_value': {
      const rows = rowsOf(value).filter((row) => row.key.trim() !== '' || row.value !== '');
      if (rows.length === 0) return undefined;
      return Object.fromEntries(rows.map((row) => [row.key.trim(), row.value]));
    }
    case 'list': {
      const lines = stringOf(value)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      return lines.length === 0 ? undefined : lines;
    }
    case 'secret':
      return emptyAsUndefined(stringOf(value));
    case 'long_text':
      return emptyAsUndefined(stringOf(value));
    case 'text':
    case 'select':
      return emptyAsUndefined(stringOf(value).trim());
    case 'number': {
      const text = stringOf(value).trim();
      return text === '' ? undefined : Number(text);
    }
    case 'json':
      return encodeJson(field.accepts, stringOf(value).trim());
    default:
      return field satisfies never;
  }
}

/** Text that is not JSON stays text, and the validation refuses it where JSON is required. */
function encodeJson(accepts: 'object' | 'array' | 'any' | 'text', text: string): unknown {
  if (text === '') return undefined;
  if (accepts === 'text') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function decodeField(field: FormField, value: unknown): FieldValue {
  switch (field.kind) {
    case 'switch':
      return typeof value === 'boolean' ? value : '';
    case 'key_value':
      return typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, text]) => ({ key, value: textOf(text) }))
        : [];
    case 'list':
      return Array.isArray(value) ? value.map(textOf).join('\n') : '';
    case 'json':
      if (value === undefined || value === null) return '';
      // Without its quotes, a text that looks like a number would be sent as a number.
      if (typeof value === 'string' && !(field.accepts === 'any' && isJson(value))) return value;
      return JSON.stringify(value, undefined, 2);
    case 'text':
    case 'long_text':
    case 'secret':
    case 'select':
    case 'number':
      return textOf(value);
    default:
      return field satisfies never;
  }
}

/** Types with their own form of credentials have a single option, whatever is stored. */
const storedOption = (form: ConnectorForm, authType: string): AuthOption | undefined =>
  form.authOptions.find(({ id }) => id === authType || id === '');

/** Stored values that the form does not draw, and an update would delete. */
function unknownValues(
  fields: readonly FormField[],
  stored: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const known = new Set(fields.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(stored).filter(([name]) => !known.has(name) && name !== 'authType'),
  );
}

/** Stored values of the fields that the user did not change, which an encoding could alter. */
function unchangedValues(
  fields: readonly FormField[],
  values: FieldValues = {},
  stored: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const unchanged = fields.filter(
    (field) =>
      Object.hasOwn(stored, field.name) &&
      sameJson(decodeField(field, stored[field.name]), ownValue(values, field.name)),
  );
  return Object.fromEntries(unchanged.map(({ name }) => [name, stored[name]]));
}

/** Names of fields come from schemas, so one may be `constructor`. */
const ownValue = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const rowsOf = (value: FieldValue | undefined): readonly KeyValueRow[] =>
  Array.isArray(value) ? value : [];
const stringOf = (value: FieldValue | undefined): string =>
  typeof value === 'string' ? value : '';
const emptyAsUndefined = (text: string): string | undefined => (text === '' ? undefined : text);
const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A stored value in a text field. An object, which no text field can hold, is shown as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
