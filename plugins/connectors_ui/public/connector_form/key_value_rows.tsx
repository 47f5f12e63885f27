import {
  EuiButtonEmpty,
  EuiButtonIcon,
  EuiFieldPassword,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { Fragment, type ReactElement, type Ref } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import type { KeyValueRow } from './form_values.ts';

const messages: Readonly<
  Record<
    'name' | 'value' | 'namePlaceholder' | 'valuePlaceholder' | 'add' | 'addTo' | 'remove',
    MessageDescriptor
  >
> = defineMessages({
  name: { id: 'connectorsUi.keyValue.name', defaultMessage: '{label}: name in row {row}' },
  value: { id: 'connectorsUi.keyValue.value', defaultMessage: '{label}: value in row {row}' },
  namePlaceholder: { id: 'connectorsUi.keyValue.namePlaceholder', defaultMessage: 'Name' },
  valuePlaceholder: { id: 'connectorsUi.keyValue.valuePlaceholder', defaultMessage: 'Value' },
  add: { id: 'connectorsUi.keyValue.add', defaultMessage: 'Add row' },
  addTo: { id: 'connectorsUi.keyValue.addTo', defaultMessage: 'Add row to {label}' },
  remove: { id: 'connectorsUi.keyValue.remove', defaultMessage: '{label}: remove row {row}' },
});

/** Rows with a name and a value each. */
export function KeyValueRows(props: {
  readonly label: string;
  readonly isSecret: boolean;
  readonly rows: readonly KeyValueRow[];
  readonly onChange: (rows: readonly KeyValueRow[]) => void;
  readonly isInvalid: boolean;
  readonly isDisabled: boolean;
  readonly inputRef: Ref<HTMLElement>;
}): ReactElement {
  const { label, isSecret, rows, onChange, isInvalid, isDisabled } = props;
  const { formatMessage } = useIntl();
  const change = (index: number, part: Partial<KeyValueRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const common = { fullWidth: true, isInvalid, disabled: isDisabled, spellCheck: false };
  return (
    <fieldset aria-label={label}>
      {rows.map((row, index) => {
        const names = { label, row: index + 1 };
        const value = {
          ...common,
          value: row.value,
          placeholder: formatMessage(messages.valuePlaceholder),
          'aria-label': formatMessage(messages.value, names),
          onChange: (event: { readonly target: { readonly value: string } }) =>
            change(index, { value: event.target.value }),
        };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their position
          <Fragment key={index}>
            <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
              <EuiFlexItem>
                <EuiFieldText
                  {...common}
                  {...(index === 0 ? { inputRef: props.inputRef as Ref<HTMLInputElement> } : {})}
                  value={row.key}
                  placeholder={formatMessage(messages.namePlaceholder)}
                  aria-label={formatMessage(messages.name, names)}
                  onChange={(event) => change(index, { key: event.target.value })}
                />
              </EuiFlexItem>
              <EuiFlexItem>
                {isSecret ? (
                  <EuiFieldPassword {...value} type="dual" autoComplete="new-password" />
                ) : (
                  <EuiFieldText {...value} autoComplete="off" />
                )}
              </EuiFlexItem>
              <EuiFlexItem grow={false}>
                <EuiButtonIcon
                  iconType="trash"
                  color="danger"
                  isDisabled={isDisabled}
                  aria-label={formatMessage(messages.remove, names)}
                  onClick={() => onChange(rows.filter((_, at) => at !== index))}
                />
              </EuiFlexItem>
            </EuiFlexGroup>
            <EuiSpacer size="s" />
          </Fragment>
        );
      })}
      <EuiButtonEmpty
        size="xs"
        iconType="plusCircle"
        flush="left"
        {...(rows.length === 0 ? { buttonRef: props.inputRef as Ref<HTMLButtonElement> } : {})}
        isDisabled={isDisabled}
        aria-label={formatMessage(messages.addTo, { label })}
        onClick={() => onChange([...rows, { key: '', value: '' }])}
      >
        {formatMessage(messages.add)}
      </EuiButtonEmpty>
    </fieldset>
  );
}
