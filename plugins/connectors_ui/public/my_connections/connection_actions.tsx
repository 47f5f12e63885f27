import {
  EuiButtonIcon,
  EuiContextMenuItem,
  EuiContextMenuPanel,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPopover,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import { AuthorizeButton, type AuthorizeButtonProps } from '../authorization_views/index.ts';

const messages = defineMessages({
  more: { id: 'connectorsUi.connectionActions.more', defaultMessage: 'More actions for {name}' },
  reconnect: { id: 'connectorsUi.connectionActions.reconnect', defaultMessage: 'Reconnect' },
  test: { id: 'connectorsUi.connectionActions.test', defaultMessage: 'Test connection' },
  disconnect: { id: 'connectorsUi.connectionActions.disconnect', defaultMessage: 'Disconnect' },
});

/** Properties of {@link ConnectionActions}. */
export interface ConnectionActionsProps
  extends Pick<
    AuthorizeButtonProps,
    'attempt' | 'connectorName' | 'isReconnect' | 'onAuthorize' | 'onCancel' | 'isPrimary'
  > {
  /** `true`: the button is shown. An attempt shows it in any case. */
  readonly needsAuthorization: boolean;
  /** `undefined`: the type has no test, or there is nothing to test. */
  readonly onTest: (() => void) | undefined;
  /** `undefined`: there is nothing to disconnect. */
  readonly onDisconnect: (() => void) | undefined;
}

/** Buttons of a connection: the next step, and a menu with all others. */
export function ConnectionActions(props: ConnectionActionsProps): ReactElement {
  const { attempt, needsAuthorization, onTest, onDisconnect } = props;
  const isBusy = ['starting', 'waiting', 'blocked'].includes(attempt.status);
  const hasMenu = onTest !== undefined || onDisconnect !== undefined;
  return (
    <EuiFlexGroup gutterSize="xs" alignItems="center" responsive={false}>
      {(needsAuthorization || isBusy) && (
        <EuiFlexItem grow={false}>
          <AuthorizeButton {...props} />
        </EuiFlexItem>
      )}
      {hasMenu && (
        <EuiFlexItem grow={false}>
          <ActionMenu {...props} />
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

function ActionMenu(props: ConnectionActionsProps): ReactElement {
  const { connectorName: name, isReconnect, onAuthorize, onTest, onDisconnect } = props;
  const { formatMessage } = useIntl();
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  const item = (key: keyof typeof messages, icon: string, action: (() => void) | undefined) =>
    action && (
      <EuiContextMenuItem
        key={key}
        icon={icon}
        onClick={() => {
          close();
          action();
        }}
      >
        {formatMessage(messages[key])}
      </EuiContextMenuItem>
    );
  const items = [
    item('test', 'play', onTest),
    item('reconnect', 'link', isReconnect ? onAuthorize : undefined),
    item('disconnect', 'linkSlash', onDisconnect),
  ].filter((one) => one !== undefined);
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={close}
      panelPaddingSize="none"
      anchorPosition="downRight"
      aria-label={formatMessage(messages.more, { name })}
      button={
        <EuiButtonIcon
          iconType="boxesVertical"
          color="text"
          size="s"
          aria-label={formatMessage(messages.more, { name })}
          onClick={() => setOpen(!isOpen)}
        />
      }
    >
      <EuiContextMenuPanel items={items} />
    </EuiPopover>
  );
}
