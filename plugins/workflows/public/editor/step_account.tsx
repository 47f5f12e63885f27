import { EuiIcon, EuiSpacer, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { ConnectAccount } from '../connect/index.ts';
import { readinessOf } from '../run_dialog/index.ts';
import type { CheckedConnector } from './step_connection.ts';

const messages = defineMessages({
  runsAs: { id: 'workflows.account.runsAs', defaultMessage: '{name}, runs as {account}' },
  connected: { id: 'workflows.account.connected', defaultMessage: '{name}, you are connected' },
  connect: { id: 'workflows.account.connect', defaultMessage: '{name}, you are not connected' },
  permissions: {
    id: 'workflows.account.permissions',
    defaultMessage: '{name}, your account lacks permissions',
  },
  site: { id: 'workflows.account.site', defaultMessage: '{name}, no site is chosen' },
});

/**
 * Account with which a step with a personal connector runs. Without a connection: a button that
 * connects the account.
 */
export function StepAccount(props: {
  readonly connector: CheckedConnector;
  readonly onConnected: () => void;
}): ReactElement {
  const { connector, onConnected } = props;
  const { formatMessage } = useIntl();
  const { id, name = connector.reference, accountLabel: account } = connector;
  const readiness = readinessOf(connector);
  const values = {
    name: <TwoLines key="name" text={name} />,
    account: <TwoLines key="account" text={account ?? ''} />,
  };
  if (readiness === 'ready')
    return (
      <EuiText size="xs" color="subdued" css={{ overflowWrap: 'anywhere' }}>
        <p>
          <EuiIcon type="checkCircle" size="s" color="success" aria-hidden />{' '}
          {formatMessage(account === undefined ? messages.connected : messages.runsAs, values)}
        </p>
      </EuiText>
    );
  return (
    <>
      <EuiText size="xs" color="warning" css={{ overflowWrap: 'anywhere' }}>
        <p>
          {formatMessage(
            readiness === 'permissions' || readiness === 'site'
              ? messages[readiness]
              : messages.connect,
            values,
          )}
        </p>
      </EuiText>
      {id === undefined ? null : (
        <>
          <EuiSpacer size="xs" />
          <ConnectAccount
            connectorId={id}
            connectorName={name}
            isReconnect={readiness !== 'connect'}
            onConnected={onConnected}
          />
        </>
      )}
    </>
  );
}
