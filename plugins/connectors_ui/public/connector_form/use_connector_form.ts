import { useCallback, useEffect, useMemo, useState } from 'react';
import {
  type FieldErrors,
  get,
  type Resolver,
  set,
  type UseFormReturn,
  useForm,
} from 'react-hook-form';
import { type IntlShape, useIntl } from 'react-intl';
import { type ConnectorForm, chosenOption, drawnFields, secretsKey } from './form_field.ts';
import type { FormValues } from './form_values.ts';
import { issueText } from './issue_texts.ts';
import { type FieldGroup, isShown, readerOf } from './shown_fields.ts';
import { type FieldIssue, type ValidationRules, validateForm } from './validate_values.ts';

/** State of a connector form. */
export interface ConnectorFormState {
  readonly methods: UseFormReturn<FormValues>;
  /**
   * Calls the function when the form is valid. Otherwise, the first invalid field gets the focus.
   */
  readonly submit: (onValid: (values: FormValues) => Promise<void>) => Promise<void>;
  /**
   * Shows problems that the server found at their fields.
   * @returns problems that belong to no field of the form
   */
  readonly showIssues: (issues: readonly FieldIssue[]) => readonly FieldIssue[];
}

/** State of the form of a connector. {@link validateForm} checks it from the first submit on. */
export function useConnectorForm(options: {
  readonly form: ConnectorForm;
  readonly initial: FormValues;
  readonly rules: ValidationRules;
}): ConnectorFormState {
  const { form, initial, rules } = options;
  const intl = useIntl();
  const resolver = useMemo(() => resolverOf(intl, form, rules), [intl, form, rules]);
  const methods = useForm<FormValues>({
    defaultValues: initial,
    resolver,
    mode: 'onSubmit',
    // The library would focus the field that was rendered first, which may not be the topmost; see
    // `focusFirst`.
    shouldFocusError: false,
  });
  const { getValues, handleSubmit, setError, setFocus, setValue } = methods;
  const [focused, setFocused] = useState<{ readonly path: FieldPath }>();
  // In an effect after the render, because a collapsed section may be shown only because of the
  // problem.
  useEffect(() => {
    if (focused !== undefined) setFocus(focused.path);
  }, [focused, setFocus]);
  const focusFirst = useCallback(
    (isWrong: (path: FieldPath) => boolean) => {
      const path = drawnPaths(form, getValues()).find(isWrong);
      if (path !== undefined) setFocused({ path });
    },
    [form, getValues],
  );
  const submit = useCallback<ConnectorFormState['submit']>(
    (onValid) =>
      handleSubmit(onValid, (errors) => focusFirst((path) => get(errors, path) !== undefined))(),
    [handleSubmit, focusFirst],
  );
  const showIssues = useCallback(
    (issues: readonly FieldIssue[]) => {
      const values = getValues();
      // A kept credential has no input that could show its problem, so it must be entered again.
      const kept = keptWithout(values.kept, issues);
      if (kept.length < values.kept.length) setValue('kept', kept, { shouldDirty: true });
      const others: FieldIssue[] = [];
      const wrong = new Set<FieldPath>();
      for (const issue of issues) {
        const path = pathOf(issue.path, form, values);
        if (path === undefined) others.push(issue);
        else {
          wrong.add(path);
          setError(path, { type: issue.code, message: issueText(intl, issue) });
        }
      }
      focusFirst((path) => wrong.has(path));
      return others;
    },
    [form, getValues, setError, setValue, focusFirst, intl],
  );
  return { methods, submit, showIssues };
}

/** Path of a field in {@link FormValues}. */
type FieldPath = 'name' | 'enabledActions' | `config.${string}` | `secrets.${string}`;

/** Paths of all fields that the form shows, from top to bottom. */
function drawnPaths(form: ConnectorForm, values: FormValues): readonly FieldPath[] {
  const option = chosenOption(form, values.authType);
  const names = (group: FieldGroup) => {
    const read = readerOf(form, values, group);
    return drawnFields(group === 'config' ? form.config : option.fields)
      .filter((field) => isShown(field, read))
      .map(({ name }) => name);
  };
  return [
    'name',
    ...names('config').map((name) => `config.${name}` as const),
    ...names('secrets').map((name) => `secrets.${secretsKey(option.id)}.${name}` as const),
    ...(form.actions === undefined ? [] : (['enabledActions'] as const)),
  ];
}

/** Names of the kept credentials without a problem. The user need not enter these again. */
function keptWithout(kept: readonly string[], issues: readonly FieldIssue[]): readonly string[] {
  const paths = new Set(issues.map(({ path }) => path));
  return kept.filter((name) => !paths.has(`secrets.${name}`));
}

/** Path of a field in the form values. `undefined`: the form shows no such field. */
function pathOf(path: string, form: ConnectorForm, values: FormValues): FieldPath | undefined {
  const [group = '', name = ''] = path.split('.');
  if (group === 'config' && name === 'enabledActions' && form.actions !== undefined) return name;
  const option = chosenOption(form, values.authType);
  const key = secretsKey(option.id);
  const found =
    group === 'config' ? `config.${name}` : group === 'secrets' ? `secrets.${key}.${name}` : path;
  return drawnPaths(form, values).find((one) => one === found);
}

function resolverOf(
  intl: IntlShape,
  form: ConnectorForm,
  rules: ValidationRules,
): Resolver<FormValues> {
  return (values) => {
    const issues = validateForm(form, values, rules);
    if (issues.length === 0) return { values, errors: {} };
    const errors: FieldErrors<FormValues> = {};
    for (const issue of issues) {
      const path = pathOf(issue.path, form, values);
      if (path !== undefined)
        set(errors, path, { type: issue.code, message: issueText(intl, issue) });
    }
    return { values: {}, errors };
  };
}

/** Number of fields that have a problem. */
export function countErrors(errors: object): number {
  return Object.values(errors).reduce<number>((count, error: unknown) => {
    if (typeof error !== 'object' || error === null) return count;
    return count + ('message' in error ? 1 : countErrors(error));
  }, 0);
}

// The development server of Vite replaces this expression. In tests and builds it is undefined.
const isDevelopment =
  (import.meta as { readonly env?: { readonly DEV?: boolean } }).env?.DEV === true;

/**
 * Warns about parts of a connector type that no kind of field fits, and that are therefore shown as
 * text fields. The warning is for developers of connector types, so it does not appear in
 * production.
 * @param isOn `true`: this is the development server
 */
export function reportUnknownParts(
  typeId: string,
  parts: readonly string[],
  isOn: boolean = isDevelopment,
): void {
  if (parts.length === 0 || !isOn) return;
  console.warn(`The form of ${typeId} shows text fields for: ${parts.join(', ')}`);
}
