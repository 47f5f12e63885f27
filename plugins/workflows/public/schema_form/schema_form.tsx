import { EuiFieldText, EuiFormRow, EuiSelect, EuiTextArea } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { OptionalLabel } from '@latchkey/core/public/page_parts';
import type { ReactElement, Ref } from 'react';
import { type Control, Controller } from 'react-hook-form';
import { type IntlShape, useIntl } from 'react-intl';
import { optionText } from './field_values.ts';
import type { SchemaField } from './schema_field.ts';

const messages = defineMessages({
  default: { id: 'workflows.form.default', defaultMessage: 'Default: {value}' },
  unset: { id: 'workflows.form.unset', defaultMessage: 'Not set' },
  choose: { id: 'workflows.form.choose', defaultMessage: 'Choose a value' },
  yes: { id: 'workflows.form.yes', defaultMessage: 'Yes' },
  no: { id: 'workflows.form.no', defaultMessage: 'No' },
  list: { id: 'workflows.form.list', defaultMessage: 'One per line, or a list as JSON.' },
  json: { id: 'workflows.form.json', defaultMessage: 'Written as JSON.' },
  any: { id: 'workflows.form.any', defaultMessage: 'A text, or any value as JSON.' },
});

/**
 * Texts of the fields by their position. Not by name, because names of inputs may contain dots,
 * which react-hook-form reads as paths.
 */
export interface SchemaFormTexts {
  readonly fields: readonly { readonly text: string }[];
}

/** Height of fields for long texts, in lines. Others have 5 lines. */
const ROWS: Readonly<Partial<Record<SchemaField['kind'], number>>> = { list: 3, any: 2 };

/** Style that breaks words that are longer than the field. */
const LONG_WORDS = { overflowWrap: 'anywhere' } as const;

/**
 * Form with the fields of a schema. Each field shows its default, its description and its error.
 */
export function SchemaForm(props: {
  readonly fields: readonly SchemaField[];
  readonly control: Control<SchemaFormTexts>;
  readonly isDisabled?: boolean;
}): ReactElement {
  const { fields, control, isDisabled = false } = props;
  const intl = useIntl();
  return (
    <>
      {fields.map((field, index) => (
        <Controller
          key={field.name}
          control={control}
          name={`fields.${index}.text`}
          render={({ field: { ref, value, ...input }, fieldState: { error } }) => (
            <EuiFormRow
              fullWidth
              label={<span css={LONG_WORDS}>{field.label}</span>}
              {...(field.isRequired ? {} : { labelAppend: <OptionalLabel /> })}
              helpText={helpOf(intl, field)}
              isInvalid={error !== undefined}
              error={error?.message}
            >
              <Widget
                {...input}
                field={field}
                value={value ?? ''}
                inputRef={ref}
                isInvalid={error !== undefined}
                disabled={isDisabled}
              />
            </EuiFormRow>
          )}
        />
      ))}
    </>
  );
}

function helpOf({ formatMessage }: IntlShape, field: SchemaField): readonly ReactElement[] {
  const { kind, description } = field;
  const texts = [
    ...(description === undefined ? [] : [description]),
    ...(kind === 'list' || kind === 'json' || kind === 'any'
      ? [formatMessage(messages[kind])]
      : []),
  ];
  return texts.map((text) => (
    <span key={text} css={LONG_WORDS}>
      {text}
    </span>
  ));
}

interface WidgetProps {
  readonly field: SchemaField;
  readonly name: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onBlur: () => void;
  readonly inputRef: Ref<never>;
  readonly isInvalid: boolean;
  readonly disabled: boolean;
}

/** Input for one field. `EuiFormRow` adds the properties for id and description. */
function Widget({ field, onChange, ...input }: WidgetProps): ReactElement {
  const intl = useIntl();
  const change = ({ target }: { readonly target: { readonly value: string } }) =>
    onChange(target.value);
  const common = { ...input, fullWidth: true, onChange: change };
  if (field.kind === 'choice' || field.kind === 'boolean') {
    return <EuiSelect {...common} options={optionsOf(intl, field)} />;
  }
  const placeholder =
    field.defaultValue === undefined
      ? {}
      : {
          placeholder: intl.formatMessage(messages.default, {
            value: defaultText(intl, field.defaultValue),
          }),
        };
  const typed = { ...common, ...placeholder, autoComplete: 'off', spellCheck: false };
  if (field.kind === 'text') return <EuiFieldText {...typed} />;
  if (field.kind === 'number' || field.kind === 'integer')
    return <EuiFieldText {...typed} inputMode="decimal" />;
  return <EuiTextArea {...typed} rows={ROWS[field.kind] ?? 5} />;
}

function optionsOf(
  intl: IntlShape,
  field: SchemaField,
): { readonly value: string; readonly text: string }[] {
  const { formatMessage } = intl;
  const { defaultValue, isRequired } = field;
  const unset =
    defaultValue === undefined
      ? formatMessage(isRequired ? messages.choose : messages.unset)
      : formatMessage(messages.default, { value: defaultText(intl, defaultValue) });
  const values =
    field.kind === 'boolean'
      ? [true, false].map((value) => ({ value: String(value), text: defaultText(intl, value) }))
      : field.options.map((option, index) => ({
          value: optionText(index),
          text: defaultText(intl, option),
        }));
  return [{ value: '', text: unset }, ...values];
}

function defaultText({ formatMessage }: IntlShape, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return formatMessage(value ? messages.yes : messages.no);
  return JSON.stringify(value);
}
