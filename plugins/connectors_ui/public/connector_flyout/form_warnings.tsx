import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.warning.title',
    defaultMessage: 'You can save the connector, but it will not work as expected yet',
  },
});

/**
 * Warnings that belong to no field, for the place above the form. Renders nothing if there are
 * none.
 */
export function FormWarnings({
  texts,
}: {
  readonly texts: readonly string[];
}): ReactElement | null {
  const { formatMessage } = useIntl();
  if (texts.length === 0) return null;
  return (
    <>
      <EuiCallOut color="warning" iconType="warning" title={formatMessage(messages.title)}>
        {texts.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}
