import { EuiText } from '@elastic/eui';
import { type ReactElement, type ReactNode, useState } from 'react';
import { AccountDecision, AttemptNotice, DisconnectDialog } from '../authorization_views/index.ts';
import {
  useAccountDecision,
  useConnectionTest,
  useConnectorUses,
  useDisconnectDialog,
  useSettingsLink,
  useUnavailability,
} from '../connection_controls/index.ts';
import {
  hasSites,
  isConnected,
  isUsable,
  needsSite,
  needsAuthorization as needsUser,
} from '../connection_status/index.ts';
import { useOAuthAuthorize } from '../hooks.ts';
import { ChooseSite, SiteChoice } from '../site_choice/index.ts';
import { ConnectionActions } from './connection_actions.tsx';
import { ConnectionPanel } from './connection_panel.tsx';
import type { FocusedItem } from './connection_section.tsx';
import type { MyConnection } from './my_connection.ts';
import { TestNotice } from './test_notice.tsx';
import { UnrevokedNotice } from './unrevoked_notice.tsx';

/**
 * The attempt is not shown while the user decides about the account, because cancelling it would
 * have no effect.
 */
const DECIDING = { status: 'idle' } as const;

/** A connector with everything that the user can do about the connection to it. */
export function ConnectionItem(props: {
  readonly item: MyConnection;
  readonly isHighlighted: boolean;
  /** `true`: the guide has reached this connector, so its button is the most important one. */
  readonly isGuided: boolean;
  /** The item of the list that gets the focus. `undefined`: none. */
  readonly focused?: FocusedItem | undefined;
}): ReactElement {
  const { item, isHighlighted, isGuided, focused } = props;
  const { id: connectorId, name: connectorName, connection } = item;
  const oauth = useOAuthAuthorize({ connectorId, connectorName });
  const test = useConnectionTest(connectorId);
  const dialog = useDisconnectDialog(connectorId, connectorName);
  const uses = useConnectorUses(connectorId, {
    isNeeded: dialog.phase !== 'closed',
  });
  const settings = useSettingsLink(connectorId);
  const decision = useAccountDecision(connectorId, connection?.accountChangeId);
  const [isChoosingSite, setChoosingSite] = useState(false);
  const { attempt, authorize, cancel } = oauth;
  const connected = connection !== undefined && isConnected(connection);
  const canConnect = item.unavailable === undefined;
  const needsAuthorization = canConnect && connection !== undefined && needsUser(connection);
  const { textOf } = useUnavailability();
  const hasDecision = 'accountChange' in attempt && attempt.accountChange !== undefined;
  const notices: ReactNode[] = [
    <AttemptNotice
      key="attempt"
      attempt={attempt}
      connectorName={connectorName}
      onAuthorize={authorize}
      onFollowLink={oauth.followLink}
      onAuthorizeHere={oauth.authorizeHere}
      onDismiss={oauth.dismiss}
      settings={settings}
      decision={{ onDecide: decision.decide, isDeciding: decision.isDeciding }}
    />,
    !hasDecision && decision.pending !== undefined && (
      <AccountDecision
        key="decision"
        change={decision.pending}
        expiresAt={decision.pending.expiresAt}
        onDecide={decision.decide}
        isDeciding={decision.isDeciding}
      />
    ),
    item.unavailable !== undefined && (
      <EuiText key="unavailable" size="s" color="warning">
        <p>{textOf(item.unavailable)}</p>
      </EuiText>
    ),
    item.reason === 'revocation_failed' && <UnrevokedNotice key="unrevoked" />,
    test.result !== undefined && (
      <TestNotice key="test" result={test.result} onDismiss={test.dismiss} />
    ),
  ];
  const isQuiet = attempt.status === 'idle' || attempt.status === 'starting';
  const hasNotice = !isQuiet || notices.slice(1).some((notice) => notice !== false);
  return (
    <>
      <ConnectionPanel
        item={item}
        isHighlighted={isHighlighted}
        focusRef={focused?.id === item.id ? focused.ref : undefined}
        actions={
          <ConnectionActions
            attempt={hasDecision ? DECIDING : attempt}
            connectorName={connectorName}
            isReconnect={connected}
            isPrimary={needsAuthorization && !isGuided}
            needsAuthorization={needsAuthorization}
            canConnect={canConnect}
            onAuthorize={authorize}
            onCancel={cancel}
            onTest={
              connected && isUsable(connection) && item.isTestable && !test.isTesting
                ? test.test
                : undefined
            }
            siteButton={
              connected && needsSite(connection) ? (
                <ChooseSite {...{ connectorId, connectorName }} isPrimary={!isGuided} />
              ) : undefined
            }
            onSite={
              connected && hasSites(connection) && !needsSite(connection)
                ? () => setChoosingSite(true)
                : undefined
            }
            onDisconnect={connected ? dialog.open : undefined}
          />
        }
        notice={hasNotice && <div css={{ display: 'grid', gap: 8 }}>{notices}</div>}
      />
      {isChoosingSite && (
        <SiteChoice {...{ connectorId, connectorName }} onClose={() => setChoosingSite(false)} />
      )}
      {dialog.phase !== 'closed' && (
        <DisconnectDialog
          connectorName={connectorName}
          account={connection?.account}
          uses={uses}
          phase={dialog.phase}
          onDisconnect={dialog.disconnect}
          onClose={dialog.close}
        />
      )}
    </>
  );
}
