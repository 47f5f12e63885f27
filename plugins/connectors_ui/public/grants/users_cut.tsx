import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.grants.usersCut',
    defaultMessage:
      'More than {count, number} users match the search. Only the authorizations of {count, number} of them are shown. Enter more of the name to narrow the search.',
  },
});

/** Notice that more users match the search than the server searches. */
export function UsersCut({ count }: { readonly count: number }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiCallOut
        announceOnMount
        size="s"
        color="warning"
        iconType="warning"
        title={formatMessage(messages.title, { count })}
      />
      <EuiSpacer size="m" />
    </>
  );
}
