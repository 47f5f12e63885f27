import { EuiButtonIcon, EuiFieldText, EuiFormRow } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { CopyText } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  copy: { id: 'connectorsUi.copy.copy', defaultMessage: 'Copy {label}' },
});

/**
 * Field with a text to copy. The text is selected when the field gets the focus, because browsers
 * refuse the button without https.
 */
export function CopyField(props: {
  readonly label: string;
  readonly value: string;
  readonly helpText?: ReactNode;
}): ReactElement {
  const { label, value, helpText } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiFormRow fullWidth label={label} {...(helpText === undefined ? {} : { helpText })}>
      <EuiFieldText
        fullWidth
        readOnly
        value={value}
        onFocus={(event) => event.target.select()}
        append={
          <CopyText text={value}>
            {(copy) => (
              <EuiButtonIcon
                iconType="copy"
                aria-label={formatMessage(messages.copy, { label })}
                onClick={copy}
              />
            )}
          </CopyText>
        }
      />
    </EuiFormRow>
  );
}
