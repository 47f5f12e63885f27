import { EuiPageTemplate } from '@elastic/eui';
import type { ReactElement } from 'react';
import { defineMessages, useIntl } from 'react-intl';

const messages = defineMessages({
  title: { id: 'connectorsUi.connectors.title', defaultMessage: 'Connectors' },
});

/** Page `/app/connectors`. */
export function ConnectorsPage(): ReactElement {
  const { formatMessage } = useIntl();
  return <EuiPageTemplate.Header pageTitle={formatMessage(messages.title)} />;
}
