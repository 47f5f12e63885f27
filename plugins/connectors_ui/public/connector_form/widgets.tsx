import { EuiFieldPassword, EuiFieldText, EuiSelect, EuiSwitch, EuiTextArea } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { FC, FocusEventHandler, Ref } from 'react';
import { useIntl } from 'react-intl';
import type { FormField, FormFieldKind } from './form_field.ts';
import type { FieldValue } from './form_values.ts';
import { KeyValueRows } from './key_value_rows.tsx';

const messages = defineMessages({
  unset: { id: 'connectorsUi.field.unset', defaultMessage: 'Not set' },
  onePerLine: { id: 'connectorsUi.field.onePerLine', defaultMessage: 'One per line' },
});

/** Properties of a widget. `EuiFormRow` adds those for id, description and focus handlers. */
export interface WidgetProps {
  readonly field: FormField;
  readonly value: FieldValue;
  readonly onChange: (value: FieldValue) => void;
  readonly isInvalid: boolean;
  readonly isDisabled: boolean;
  /** Element that gets the focus when the field is the first one with a problem. */
  readonly inputRef: Ref<HTMLElement>;
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly onFocus?: FocusEventHandler;
  readonly onBlur?: FocusEventHandler;
}

/** Properties that every input of EUI accepts unchanged. */
function inputProps(props: WidgetProps) {
  const { id, field, value, isDisabled } = props;
  return {
    ...(id === undefined ? {} : { id }),
    ...(props['aria-describedby'] === undefined
      ? {}
      : { 'aria-describedby': props['aria-describedby'] }),
    ...(props.onFocus === undefined ? {} : { onFocus: props.onFocus }),
    ...(props.onBlur === undefined ? {} : { onBlur: props.onBlur }),
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    name: field.name,
    value: typeof value === 'string' ? value : '',
    disabled: isDisabled,
    fullWidth: true,
    isInvalid: props.isInvalid,
    autoComplete: 'off',
    spellCheck: false,
  };
}

const TextWidget: FC<WidgetProps> = (props) => (
  <EuiFieldText
    {...inputProps(props)}
    inputRef={props.inputRef as Ref<HTMLInputElement>}
    onChange={(event) => props.onChange(event.target.value)}
  />
);

const NumberWidget: FC<WidgetProps> = (props) => (
  <EuiFieldText
    {...inputProps(props)}
    inputMode="decimal"
    inputRef={props.inputRef as Ref<HTMLInputElement>}
    onChange={(event) => props.onChange(event.target.value)}
  />
);

const LongTextWidget: FC<WidgetProps> = (props) => (
  <EuiTextArea
    {...inputProps(props)}
    rows={4}
    inputRef={props.inputRef as Ref<HTMLTextAreaElement>}
    onChange={(event) => props.onChange(event.target.value)}
  />
);

const ListWidget: FC<WidgetProps> = (props) => {
  const { formatMessage } = useIntl();
  return (
    <EuiTextArea
      {...inputProps(props)}
      rows={3}
      placeholder={formatMessage(messages.onePerLine)}
      inputRef={props.inputRef as Ref<HTMLTextAreaElement>}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
};

const SecretWidget: FC<WidgetProps> = (props) => (
  <EuiFieldPassword
    {...inputProps(props)}
    type="dual"
    // Browsers ignore `off` for password fields, and would fill in the user's password for this
    // site.
    autoComplete="new-password"
    inputRef={props.inputRef as Ref<HTMLInputElement>}
    onChange={(event) => props.onChange(event.target.value)}
  />
);

const SelectWidget: FC<WidgetProps> = (props) => {
  const { formatMessage } = useIntl();
  const { field } = props;
  const texts = field.kind === 'select' ? field.options.filter((option) => option !== '') : [];
  const labels = field.kind === 'select' ? (field.optionLabels ?? {}) : {};
  const options = texts.map((value) => ({ value, text: labels[value] ?? value }));
  const canBeUnset = !(field.isRequired && field.initial !== undefined);
  const { autoComplete: _, spellCheck: __, placeholder: ___, ...input } = inputProps(props);
  return (
    <EuiSelect
      {...input}
      options={
        canBeUnset ? [{ value: '', text: formatMessage(messages.unset) }, ...options] : options
      }
      inputRef={props.inputRef as Ref<HTMLSelectElement>}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
};

const SwitchWidget: FC<WidgetProps> = ({ field, value, onChange, isDisabled, ...props }) => (
  <EuiSwitch
    {...(props.id === undefined ? {} : { id: props.id })}
    label={field.label}
    checked={value === '' ? field.initial === true : value === true}
    disabled={isDisabled}
    onChange={(event) => onChange(event.target.checked)}
  />
);

const KeyValueWidget: FC<WidgetProps> = ({
  field,
  value,
  onChange,
  isInvalid,
  isDisabled,
  inputRef,
}) => (
  <KeyValueRows
    label={field.label}
    isSecret={field.kind === 'key_value' && field.isSecret}
    rows={Array.isArray(value) ? value : []}
    onChange={onChange}
    isInvalid={isInvalid}
    isDisabled={isDisabled}
    inputRef={inputRef}
  />
);

/** Widget for each kind of field. */
export const WIDGETS: Readonly<Record<FormFieldKind, FC<WidgetProps>>> = {
  text: TextWidget,
  long_text: LongTextWidget,
  secret: SecretWidget,
  select: SelectWidget,
  number: NumberWidget,
  switch: SwitchWidget,
  key_value: KeyValueWidget,
  list: ListWidget,
  json: LongTextWidget,
};
