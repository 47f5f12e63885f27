import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import {
  type Connection,
  type PermissionState,
  permissionsOf,
} from '../connection_status/index.ts';

const messages = defineMessages({
  granted: { id: 'connectorsUi.permissions.granted', defaultMessage: 'Allowed' },
  missing: { id: 'connectorsUi.permissions.missing', defaultMessage: 'Not allowed yet' },
  requested: { id: 'connectorsUi.permissions.requested', defaultMessage: 'Requested' },
  extra: { id: 'connectorsUi.permissions.extra', defaultMessage: 'Allowed, no longer needed' },
  none: {
    id: 'connectorsUi.permissions.none',
    defaultMessage: 'The provider decides what this connector may do.',
  },
  unconfirmed: {
    id: 'connectorsUi.permissions.unconfirmed',
    defaultMessage: 'The provider did not say which of these you allowed.',
  },
});

const LOOKS: Record<PermissionState, { readonly icon: string; readonly color: string }> = {
  granted: { icon: 'check', color: 'success' },
  missing: { icon: 'warning', color: 'warning' },
  requested: { icon: 'dot', color: 'subdued' },
  extra: { icon: 'check', color: 'subdued' },
};

/** List of the permissions of a connection, each with its state. */
export function PermissionList({ connection }: { readonly connection: Connection }): ReactElement {
  const { formatMessage } = useIntl();
  const permissions = permissionsOf(connection);
  if (permissions.length === 0) return <>{formatMessage(messages.none)}</>;
  const isUnconfirmed = permissions.some(({ state }) => state === 'requested');
  return (
    <>
      <ul style={{ listStyle: 'none', margin: 0 }}>
        {permissions.map(({ scope, text, state }) => (
          <li key={scope} title={scope}>
            <EuiFlexGroup gutterSize="s" alignItems="baseline" responsive={false}>
              <EuiFlexItem grow={false}>
                <EuiIcon
                  size="s"
                  type={LOOKS[state].icon}
                  color={LOOKS[state].color}
                  aria-label={formatMessage(messages[state])}
                />
              </EuiFlexItem>
              <EuiFlexItem style={{ overflowWrap: 'anywhere' }}>
                <span>
                  {text ?? scope}
                  {state === 'missing' || state === 'extra' ? (
                    <EuiText size="xs" color={LOOKS[state].color} component="span">
                      {' '}
                      {formatMessage(messages[state])}
                    </EuiText>
                  ) : null}
                </span>
              </EuiFlexItem>
            </EuiFlexGroup>
          </li>
        ))}
      </ul>
      {isUnconfirmed && (
        <EuiText size="xs" color="subdued">
          {formatMessage(messages.unconfirmed)}
        </EuiText>
      )}
    </>
  );
}
