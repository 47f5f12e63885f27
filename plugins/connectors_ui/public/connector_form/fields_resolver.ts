import type { FieldErrors, Resolver } from 'react-hook-form';
import type { IntlShape } from 'react-intl';
import type { FormField } from './form_field.ts';
import type { FieldValues } from './form_values.ts';
import { issueText } from './issue_texts.ts';
import { validateFields } from './validate_values.ts';

/** Values of a form that has only one group of fields. */
export interface InputValues {
  readonly input: FieldValues;
}

/** Validates a form that has only one group of fields, for example the input of an action. */
export function fieldsResolver(
  intl: IntlShape,
  fields: readonly FormField[],
): Resolver<InputValues> {
  return (values) => {
    const issues = validateFields(fields, values.input, { isHttpsRequired: false });
    if (issues.length === 0) return { values, errors: {} };
    const input = Object.fromEntries(
      issues.map((issue) => [issue.path, { type: issue.code, message: issueText(intl, issue) }]),
    );
    return { values: {}, errors: { input } as FieldErrors<InputValues> };
  };
}
