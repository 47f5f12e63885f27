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

/** A pair of name and text, in the order of the form. */
export interface KeyValueRow {
  readonly key: string;
  readonly value: string;
}

/**
 * Value of a field while it is edited. Numbers, lists and JSON are texts until they are sent. An
 * empty string means that the field has no value; this also applies to switches.
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
  /** Values of the fields of each option, so that they are kept when another card is chosen. */
  readonly secrets: Readonly<Record<string, FieldValues>>;
  /** Names of the stored credentials that are kept. Only fields of the stored auth type. */
  readonly kept: readonly string[];
  /** Names of the enabled actions. `null`: all actions are enabled. */
  readonly enabledActions: readonly string[] | null;
}

/** Stored values of a connector, which its edit form shows. They contain no credential. */
export interface StoredValues {
  readonly name: string;
  readonly auth_type: string;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Names of the enabled actions. Absent: all actions are enabled. */
  readonly enabled_actions?: readonly string[] | undefined;
  readonly secrets?: Readonly<Record<string, unknown>> | undefined;
  readonly credentials?: Readonly<Record<string, { readonly stored: boolean }>> | undefined;
}

/** The part of a request that contains the values of a connector form. */
export interface ConnectorInput {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** Absent: the stored secrets are not changed. */
  readonly secrets?: Record<string, unknown>;
  readonly keep_secrets?: string[];
}

/**
 * Values of an empty form.
 * @param name proposed name of the connector
 */
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
  // The server no longer has this auth type, so the user has to choose another one.
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

/** Request body for a new connector. */
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
 * Request body for an edit. An unchanged field is sent as it is stored, and secrets are sent only
 * if one of them was changed. A value is not sent if the user has hidden its field by another
 * choice.
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
 * Request body for an edit that overwrites a later version of the connector. All values are sent as
 * the form shows them. Credentials that the user did not change stay as they are stored now.
 * @param opened values with which the form was opened
 * @param stored values that are stored now
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
 * Options that the form offers. A legacy option is offered only if the connector uses it. An edit
 * cannot change the auth mode.
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

/**
 * Converts form values to the values of a request. Empty values are left out, so that the server
 * sets its defaults.
 */
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

/** Converts the values of a response to form values. They never include credentials. */
export function decodeFields(
  fields: readonly FormField[],
  values: Readonly<Record<string, unknown>>,
): FieldValues {
  return Object.fromEntries(
    fields.map((field) => [field.name, decodeField(field, ownValue(values, field.name))]),
  );
}

/** Form values that contain the defaults of the fields. */
export const initialValues = (fields: readonly FormField[]): FieldValues =>
  Object.fromEntries(fields.map((field) => [field.name, decodeField(field, field.initial)]));

/** The enabled actions that the type has. `null`: all actions are enabled. */
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

/** Stored config values for which the form has no fields. */
function unknownConfig(
  form: ConnectorForm,
  stored: StoredValues['config'],
): Record<string, unknown> {
  const { enabledActions, ...unknown } = unknownValues(form.config, stored);
  return form.actions === undefined && enabledActions !== undefined
    ? { ...unknown, enabledActions }
    : unknown;
}

/** Form of a connector, with fields for all of its stored values. */
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

/**
 * Parses JSON. Text that is not JSON is returned unchanged; the validation refuses it where JSON is
 * required.
 */
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
      // A text that looks like a number needs its quotes, because it would be sent as a number
      // otherwise.
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

/**
 * The option of a stored connector. A type with its own form of credentials has only one option,
 * whatever is stored.
 */
const storedOption = (form: ConnectorForm, authType: string): AuthOption | undefined =>
  form.authOptions.find(({ id }) => id === authType || id === '');

/**
 * Stored values for which the form shows no field. They are sent again, because an update would
 * delete them.
 */
function unknownValues(
  fields: readonly FormField[],
  stored: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const known = new Set(fields.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(stored).filter(([name]) => !known.has(name) && name !== 'authType'),
  );
}

/**
 * Stored values of the fields that the user did not change. They are sent as stored, because
 * converting them could change them.
 */
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

/** Value of an own member. Names of fields come from schemas, so one may be `constructor`. */
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

/** Text that a text field shows for a stored value. An object is shown as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
