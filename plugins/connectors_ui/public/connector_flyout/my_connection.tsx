import { EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { AttemptNotice, AuthorizeButton } from '../authorization_views/index.ts';
import {
  StatusBadge,
  useAccountDecision,
  useSettingsLink,
  useUnavailability,
} from '../connection_controls/index.ts';
import {
  hasSites,
  isConnected,
  needsSite,
  type Unavailability,
  useConnectorStatus,
} from '../connection_status/index.ts';
import { useOAuthAuthorize } from '../hooks.ts';
import { ChooseSite } from '../site_choice/index.ts';

const messages = defineMessages({
  mine: { id: 'connectorsUi.edit.myConnection', defaultMessage: 'Your connection' },
});

interface Props {
  readonly connectorId: string;
  readonly connectorName: string;
}

/** The user's own connection, and the state of an attempt to authorize or test it. */
export function MyConnection(
  props: Props & {
    /** Reason why no user can connect. `undefined`: users can connect. */
    readonly unavailable: Unavailability | undefined;
  },
): ReactElement {
  const { connectorId, connectorName, unavailable } = props;
  const { formatMessage } = useIntl();
  const { textOf } = useUnavailability();
  const { connection, isLoading } = useConnectorStatus(connectorId);
  const oauth = useOAuthAuthorize({ connectorId, connectorName });
  const settings = useSettingsLink(connectorId);
  const decision = useAccountDecision(connectorId, connection?.accountChangeId);
  const { attempt } = oauth;
  // No notice is needed after a success, because the badge shows it.
  const isQuiet =
    attempt.status === 'idle' ||
    attempt.status === 'starting' ||
    (attempt.status === 'succeeded' && !attempt.accountChanged);
  return (
    <>
      <EuiSpacer size="m" />
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiText size="s" color="subdued">
            {formatMessage(messages.mine)}
          </EuiText>
        </EuiFlexItem>
        {isLoading ? null : (
          <EuiFlexItem grow={false}>
            <StatusBadge connection={connection} withSince />
          </EuiFlexItem>
        )}
        {connection?.account === undefined ? null : (
          <EuiFlexItem grow={false}>
            <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
              {connection.account}
            </EuiText>
          </EuiFlexItem>
        )}
        {connection?.site === undefined ? null : (
          <EuiFlexItem grow={false}>
            <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
              <bdi>{connection.site.label}</bdi>
            </EuiText>
          </EuiFlexItem>
        )}
        {connection !== undefined && hasSites(connection) && (
          <EuiFlexItem grow={false}>
            <ChooseSite {...{ connectorId, connectorName }} isChange={!needsSite(connection)} />
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      {unavailable === undefined ? null : (
        <>
          <EuiSpacer size="s" />
          <EuiText size="s" color="warning">
            <p>{textOf(unavailable)}</p>
          </EuiText>
        </>
      )}
      {isQuiet ? null : (
        <>
          <EuiSpacer size="s" />
          <AttemptNotice
            attempt={attempt}
            connectorName={connectorName}
            onAuthorize={oauth.authorize}
            onFollowLink={oauth.followLink}
            onAuthorizeHere={oauth.authorizeHere}
            onDismiss={oauth.dismiss}
            settings={settings}
            decision={{ onDecide: decision.decide, isDeciding: decision.isDeciding }}
          />
        </>
      )}
    </>
  );
}

/** Button that connects or reconnects the user's own account. */
export function AuthorizeOwn(
  props: Props & { readonly isPrimary?: boolean; readonly size?: 's' | 'm' },
): ReactElement {
  const { connectorId, connectorName, isPrimary = false, size = 'm' } = props;
  const { connection } = useConnectorStatus(connectorId);
  const { attempt, authorize, cancel } = useOAuthAuthorize({ connectorId, connectorName });
  return (
    <AuthorizeButton
      attempt={attempt}
      connectorName={connectorName}
      isReconnect={connection !== undefined && isConnected(connection)}
      onAuthorize={authorize}
      onCancel={cancel}
      isPrimary={isPrimary}
      size={size}
    />
  );
}
