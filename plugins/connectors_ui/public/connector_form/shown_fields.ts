import { get } from 'react-hook-form';
import {
  type AuthOption,
  type ConnectorForm,
  chosenOption,
  type FieldCondition,
  type FormField,
  isCredential,
  secretsKey,
} from './form_field.ts';

type Values = Readonly<Record<string, unknown>>;

/** The parts of `FormValues` on which conditions depend. */
interface EditedValues {
  readonly config: Values;
  readonly authType: string;
  readonly secrets: Readonly<Record<string, Values>>;
  readonly kept: readonly string[];
}

/** Returns the form value of the field with this name. */
export type ReadField = (name: string) => unknown;

/** Group of the fields of a connector form. */
export type FieldGroup = 'config' | 'secrets';

/** Returns `true` if a condition is met. A field without a value counts as an empty string. */
export const isMet = ({ field, equals }: FieldCondition, read: ReadField): boolean =>
  equals.includes(String(read(field) ?? '').trim());

/**
 * Returns `true` if the form shows a field. Fields that are not shown are neither checked nor sent.
 */
export const isShown = ({ isHidden, shownIf }: FormField, read: ReadField): boolean =>
  !isHidden && (shownIf === undefined || isMet(shownIf, read));

/**
 * Fields whose values are sent: those that the form shows, and hidden ones, whose stored values are
 * kept.
 */
export const sentFields = (fields: readonly FormField[], read: ReadField): readonly FormField[] =>
  fields.filter((field) => field.isHidden || isShown(field, read));

/** Path of a form value on which a field of a group depends. */
export function conditionPath(
  form: ConnectorForm,
  option: AuthOption,
  { group, name }: { readonly group: FieldGroup; readonly name: string },
): string {
  const has = (fields: readonly FormField[]) => fields.some((field) => field.name === name);
  if (group === 'secrets' && has(option.fields)) return `secrets.${secretsKey(option.id)}.${name}`;
  // `authType` is the chosen option, unless the type has its own form of credentials and a config
  // field of this name.
  return name === 'authType' && !has(form.config) ? name : `config.${name}`;
}

/** Creates a function that reads the values on which fields of a group depend. */
export function readerOf(form: ConnectorForm, values: EditedValues, group: FieldGroup): ReadField {
  const option = chosenOption(form, values.authType);
  return (name) => get(values, conditionPath(form, option, { group, name }));
}

/**
 * Form of a stored connector. A stored value whose field would be hidden has an effect that the
 * user could not see. Such a field is therefore shown until the user changes the field on which it
 * depends.
 */
export function withStoredFields(
  form: ConnectorForm,
  stored: { readonly config?: Values | undefined; readonly secrets?: Values | undefined },
  values: EditedValues,
): ConnectorForm {
  const option = chosenOption(form, values.authType);
  const isStored = (field: FormField, all: Values = {}) =>
    (Object.hasOwn(all, field.name) && all[field.name] !== null) ||
    (isCredential(field) && values.kept.includes(field.name));
  const shown = (group: FieldGroup) => {
    const read = readerOf(form, values, group);
    return (field: FormField): FormField => {
      const { shownIf } = field;
      if (shownIf === undefined || !isStored(field, stored[group]) || isMet(shownIf, read))
        return field;
      const now = String(read(shownIf.field) ?? '').trim();
      return { ...field, shownIf: { ...shownIf, equals: [...shownIf.equals, now] } };
    };
  };
  return {
    ...form,
    config: form.config.map(shown('config')),
    authOptions: form.authOptions.map((one) =>
      one === option ? { ...one, fields: one.fields.map(shown('secrets')) } : one,
    ),
  };
}
