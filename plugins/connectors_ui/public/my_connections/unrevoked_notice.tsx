import { EuiCallOut } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.unrevoked.title',
    defaultMessage: 'An earlier authorization may still exist at the provider',
  },
  text: {
    id: 'connectorsUi.unrevoked.text',
    defaultMessage:
      'It is no longer used here, but it could not be revoked. Remove it in the security settings of your account at the provider.',
  },
});

/** Notice about an authorization that only the user can remove at the provider. */
export function UnrevokedNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiCallOut
      size="s"
      color="warning"
      iconType="warning"
      heading="p"
      title={formatMessage(messages.title)}
    >
      <p>{formatMessage(messages.text)}</p>
    </EuiCallOut>
  );
}
