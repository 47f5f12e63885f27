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

/** Values of a form while it is edited, as `FormValues`. */
interface EditedValues {
  readonly config: Values;
  readonly authType: string;
  readonly secrets: Readonly<Record<string, Values>>;
  readonly kept: readonly string[];
}

/** Value in the form of the field with this name. */
export type ReadField = (name: string) => unknown;

/** Group of the fields of a connector form. */
export type FieldGroup = 'config' | 'secrets';

/** Tells if a condition holds. A field without a value has the empty text. */
export const holds = ({ field, equals }: FieldCondition, read: ReadField): boolean =>
  equals.includes(String(read(field) ?? '').trim());

/** Tells if the form shows a field. Others are neither checked nor sent. */
export const isShown = ({ isHidden, shownIf }: FormField, read: ReadField): boolean =>
  !isHidden && (shownIf === undefined || holds(shownIf, read));

/**
 * Fields whose values are sent: those that the form shows, and those that no form draws, whose
 * stored values are kept.
 */
export const sentFields = (fields: readonly FormField[], read: ReadField): readonly FormField[] =>
  fields.filter((field) => field.isHidden || isShown(field, read));

/** Path in the values of the form of a field on which a field of a group depends. */
export function conditionPath(
  form: ConnectorForm,
  option: AuthOption,
  { group, name }: { readonly group: FieldGroup; readonly name: string },
): string {
  const has = (fields: readonly FormField[]) => fields.some((field) => field.name === name);
  if (group === 'secrets' && has(option.fields)) return `secrets.${secretsKey(option.id)}.${name}`;
  // A type with its own form of credentials may have a config field of this name.
  return name === 'authType' && !has(form.config) ? name : `config.${name}`;
}

/** Reads the values on which fields of a group depend. */
export function readerOf(form: ConnectorForm, values: EditedValues, group: FieldGroup): ReadField {
  const option = chosenOption(form, values.authType);
  return (name) => get(values, conditionPath(form, option, { group, name }));
}

/**
 * The form of a stored connector. A stored value whose field is not shown with the other stored
 * values would be in force unseen, so its field is shown until the user changes the other one.
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
      if (shownIf === undefined || !isStored(field, stored[group]) || holds(shownIf, read))
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
