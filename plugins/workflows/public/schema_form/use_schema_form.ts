import { defineMessages, HttpClientError } from '@latchkey/core/public';
import type { JsonSchema } from '@latchkey/workflow-language';
import { useMemo } from 'react';
import { type Control, useForm } from 'react-hook-form';
import { type IntlShape, type MessageDescriptor, useIntl } from 'react-intl';
import {
  encodeFields,
  type FieldFault,
  fieldOfIssue,
  fieldTexts,
  serverIssues,
} from './field_values.ts';
import { type SchemaField, schemaFields } from './schema_field.ts';
import type { SchemaFormTexts } from './schema_form.tsx';

const faults: Readonly<Record<Exclude<FieldFault['kind'], 'mismatch'>, MessageDescriptor>> =
  defineMessages({
    required: { id: 'workflows.form.required', defaultMessage: 'Enter a value.' },
    number: { id: 'workflows.form.number', defaultMessage: 'Enter a number, for example 2.5.' },
    integer: { id: 'workflows.form.integer', defaultMessage: 'Enter a whole number.' },
    json: { id: 'workflows.form.invalidJson', defaultMessage: 'This is not valid JSON.' },
    items: {
      id: 'workflows.form.items',
      defaultMessage: 'Each line must have the type of the items of the list.',
    },
  });

/** A form for the values that a schema describes. */
export interface SchemaFormState {
  readonly fields: readonly SchemaField[];
  readonly control: Control<SchemaFormTexts>;
  /** `true`: the user has entered something. */
  readonly hasChanges: boolean;
  /** Messages about faults that belong to no field. */
  readonly otherFaults: readonly string[];
  /**
   * Calls `onValues` with the values if there is no fault; otherwise shows the faults at the
   * fields.
   */
  readonly submit: (onValues: (values: Readonly<Record<string, unknown>>) => void) => void;
  /**
   * Shows issues that the server found at their fields.
   * @returns `false`: the error names no fields, and the caller must show it
   */
  readonly showServerError: (error: unknown) => boolean;
}

/**
 * State of a form for a schema. The state is lost when the component is removed.
 * @param values values that the form shows at first, for example those of an earlier run
 */
export function useSchemaForm(schema: JsonSchema, values?: unknown): SchemaFormState {
  const intl = useIntl();
  const fields = useMemo(() => schemaFields(schema), [schema]);
  const { control, getValues, setError, clearErrors, setFocus, formState } =
    useForm<SchemaFormTexts>({
      defaultValues: { fields: fieldTexts(fields, values).map((text) => ({ text })) },
    });
  const { isDirty, errors } = formState;
  const show = (index: number, message: string, isFirst: boolean): void => {
    setError(`fields.${index}.text`, { message });
    if (isFirst) setFocus(`fields.${index}.text`);
  };
  return {
    fields,
    control,
    hasChanges: isDirty,
    otherFaults: errors.root?.message?.split('\n') ?? [],
    submit: (onValues) => {
      clearErrors();
      const texts = getValues().fields.map(({ text }) => text);
      const encoded = encodeFields(schema, fields, texts);
      if (encoded.kind === 'values') {
        onValues(encoded.values);
        return;
      }
      if (encoded.others.length > 0) setError('root', { message: encoded.others.join('\n') });
      const [first] = [...encoded.faults.keys()].sort((a, b) => a - b);
      for (const [index, fault] of encoded.faults)
        show(index, faultText(intl, fault), index === first);
    },
    showServerError: (error) => {
      const attributes = error instanceof HttpClientError ? error.body?.attributes : undefined;
      const issues = serverIssues(attributes);
      const atFields = issues
        .map((issue) => ({ index: fieldOfIssue(fields, issue), message: issue.message }))
        .filter(({ index }) => index >= 0);
      const others = issues.filter((issue) => fieldOfIssue(fields, issue) < 0);
      for (const [number, { index, message }] of atFields.entries())
        show(index, message, number === 0);
      if (others.length > 0)
        setError('root', { message: others.map(({ message }) => message).join('\n') });
      return issues.length > 0;
    },
  };
}

function faultText({ formatMessage }: IntlShape, fault: FieldFault): string {
  return fault.kind === 'mismatch' ? fault.text : formatMessage(faults[fault.kind]);
}
