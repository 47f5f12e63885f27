import { EuiPageTemplate } from '@elastic/eui';
import type { ReactElement } from 'react';
import { defineMessages, useIntl } from 'react-intl';

const messages = defineMessages({
  title: { id: 'connectorsUi.myConnections.title', defaultMessage: 'My connections' },
});

/** Page `/app/my_connections`. */
export function MyConnectionsPage(): ReactElement {
  const { formatMessage } = useIntl();
  return <EuiPageTemplate.Header pageTitle={formatMessage(messages.title)} />;
}
