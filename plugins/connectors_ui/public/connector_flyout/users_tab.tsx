import { EuiCallOut, EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiStat, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { UserCounts } from '../connector_data/index.ts';

const messages = defineMessages({
  users: { id: 'connectorsUi.users.users', defaultMessage: 'Connected users' },
  needReconnect: {
    id: 'connectorsUi.users.needReconnect',
    defaultMessage: 'Of these, must reconnect',
  },
  revocationPending: {
    id: 'connectorsUi.users.revocationPending',
    defaultMessage: 'Disconnected, revocation pending',
  },
  none: { id: 'connectorsUi.users.none', defaultMessage: 'No user is connected yet' },
  noneText: {
    id: 'connectorsUi.users.noneText',
    defaultMessage: 'Send the invitation link to the users who should connect their account.',
  },
  namesHidden: {
    id: 'connectorsUi.users.namesHidden',
    defaultMessage:
      'Names are shown to administrators who may manage the authorizations of other users.',
  },
});

/** Numbers of users of a connector. Users with the privilege also see their names. */
export function UsersTab(props: {
  readonly counts: UserCounts;
  /** Link with which users connect their account. */
  readonly invitation: ReactNode;
  /** List of users. `undefined`: this user may not see names. */
  readonly names: ReactNode | undefined;
}): ReactElement {
  const { counts, invitation, names } = props;
  const { formatMessage, formatNumber } = useIntl();
  const { users, need_reconnect: needReconnect, revocation_pending: pending } = counts;
  const isUnused = users === 0 && pending === 0;
  return (
    <>
      {isUnused ? (
        <EuiCallOut title={formatMessage(messages.none)} iconType="users">
          <p>{formatMessage(messages.noneText)}</p>
        </EuiCallOut>
      ) : (
        <EuiFlexGroup wrap>
          <EuiFlexItem>
            <EuiStat
              title={formatNumber(users)}
              description={formatMessage(messages.users)}
              reverse
            />
          </EuiFlexItem>
          <EuiFlexItem>
            <EuiStat
              title={formatNumber(needReconnect)}
              titleColor={needReconnect > 0 ? 'warning' : 'default'}
              description={formatMessage(messages.needReconnect)}
              reverse
            />
          </EuiFlexItem>
          {pending > 0 ? (
            <EuiFlexItem>
              <EuiStat
                title={formatNumber(pending)}
                description={formatMessage(messages.revocationPending)}
                reverse
              />
            </EuiFlexItem>
          ) : null}
        </EuiFlexGroup>
      )}
      <EuiSpacer size="l" />
      {invitation}
      <EuiSpacer size="l" />
      {isUnused
        ? null
        : (names ?? (
            <EuiText size="s" color="subdued">
              <p>{formatMessage(messages.namesHidden)}</p>
            </EuiText>
          ))}
    </>
  );
}
