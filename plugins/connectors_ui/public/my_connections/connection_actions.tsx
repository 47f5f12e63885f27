import { EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { ActionMenu, type MenuAction } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { AuthorizeButton, type AuthorizeButtonProps } from '../authorization_views/index.ts';

const messages = defineMessages({
  reconnect: { id: 'connectorsUi.connectionActions.reconnect', defaultMessage: 'Reconnect' },
  site: { id: 'connectorsUi.connectionActions.site', defaultMessage: 'Change site' },
  test: { id: 'connectorsUi.connectionActions.test', defaultMessage: 'Test connection' },
  disconnect: { id: 'connectorsUi.connectionActions.disconnect', defaultMessage: 'Disconnect' },
});

/** Properties of {@link ConnectionActions}. */
export interface ConnectionActionsProps
  extends Pick<
    AuthorizeButtonProps,
    'attempt' | 'connectorName' | 'isReconnect' | 'onAuthorize' | 'onCancel' | 'isPrimary'
  > {
  /** `true`: the button to connect is shown. During an attempt it is shown in any case. */
  readonly needsAuthorization: boolean;
  /** `false`: the menu does not offer to connect again. */
  readonly canConnect: boolean;
  /** Tests the connection. `undefined`: the type has no test, or the user is not connected. */
  readonly onTest: (() => void) | undefined;
  /** Button that chooses a site, if one must be chosen. `undefined`: none must be chosen. */
  readonly siteButton?: ReactNode;
  /**
   * Opens the choice of a site. `undefined`: the provider has no sites, or {@link siteButton} opens
   * it.
   */
  readonly onSite?: (() => void) | undefined;
  /** Disconnects the user. `undefined`: the user is not connected. */
  readonly onDisconnect: (() => void) | undefined;
}

/** Buttons of a connection: one for the next step, and a menu with all other actions. */
export function ConnectionActions(props: ConnectionActionsProps): ReactElement {
  const { attempt, needsAuthorization, onTest, onDisconnect } = props;
  const intl = useIntl();
  const isBusy = ['starting', 'waiting', 'blocked'].includes(attempt.status);
  const hasMenu = onTest !== undefined || onDisconnect !== undefined;
  return (
    <EuiFlexGroup gutterSize="xs" alignItems="center" responsive={false}>
      {(needsAuthorization || isBusy) && (
        <EuiFlexItem grow={false}>
          <AuthorizeButton {...props} />
        </EuiFlexItem>
      )}
      {props.siteButton !== undefined && !isBusy && (
        <EuiFlexItem grow={false}>{props.siteButton}</EuiFlexItem>
      )}
      {hasMenu && (
        <EuiFlexItem grow={false}>
          <ActionMenu name={props.connectorName} actionsOf={() => actionsOf(props, intl)} />
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

function actionsOf(
  { isReconnect, canConnect, onAuthorize, onTest, onSite, onDisconnect }: ConnectionActionsProps,
  { formatMessage }: IntlShape,
): readonly MenuAction[] {
  const action = (
    id: keyof typeof messages,
    icon: string,
    onClick: (() => void) | undefined,
  ): readonly MenuAction[] =>
    onClick === undefined ? [] : [{ id, label: formatMessage(messages[id]), icon, onClick }];
  return [
    ...action('test', 'play', onTest),
    ...action('site', 'globe', onSite),
    ...action('reconnect', 'link', isReconnect && canConnect ? onAuthorize : undefined),
    ...action('disconnect', 'linkSlash', onDisconnect),
  ];
}
