import {
  EuiButton,
  EuiButtonIcon,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLoadingSpinner,
  EuiToolTip,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { Attempt } from '../authorization/index.ts';

const messages = defineMessages({
  connect: { id: 'connectorsUi.authorize.connect', defaultMessage: 'Connect' },
  connectNamed: { id: 'connectorsUi.authorize.connectNamed', defaultMessage: 'Connect {name}' },
  reconnect: { id: 'connectorsUi.authorize.reconnect', defaultMessage: 'Reconnect' },
  reconnectNamed: {
    id: 'connectorsUi.authorize.reconnectNamed',
    defaultMessage: 'Reconnect {name}',
  },
  connecting: { id: 'connectorsUi.authorize.connecting', defaultMessage: 'Connecting…' },
  connectingNamed: {
    id: 'connectorsUi.authorize.connectingNamed',
    defaultMessage: 'Connecting… {name}',
  },
  cancel: { id: 'connectorsUi.authorize.cancel', defaultMessage: 'Cancel connecting {name}' },
});

/** Properties of {@link AuthorizeButton}. */
export interface AuthorizeButtonProps {
  readonly attempt: Pick<Attempt, 'status'>;
  readonly connectorName: string;
  /** `true`: the user was connected before. */
  readonly isReconnect: boolean;
  readonly onAuthorize: () => void;
  readonly onCancel: () => void;
  /** `true`: the button is the most important one of its surroundings. */
  readonly isPrimary?: boolean;
  readonly size?: 's' | 'm';
}

const BUSY: ReadonlySet<Attempt['status']> = new Set(['starting', 'waiting', 'blocked']);

/**
 * Button that connects the user's own account. It is the same element in every state, so that it
 * keeps the focus. During an attempt, a second button cancels the attempt.
 */
export function AuthorizeButton(props: AuthorizeButtonProps): ReactElement {
  const { attempt, connectorName: name, isReconnect, onAuthorize, onCancel } = props;
  const { isPrimary = false, size = 's' } = props;
  const { formatMessage } = useIntl();
  const isBusy = BUSY.has(attempt.status);
  const action = isReconnect
    ? { label: messages.reconnect, named: messages.reconnectNamed }
    : { label: messages.connect, named: messages.connectNamed };
  const { label, named } = isBusy
    ? { label: messages.connecting, named: messages.connectingNamed }
    : action;
  const cancelLabel = formatMessage(messages.cancel, { name });
  return (
    <EuiFlexGroup gutterSize="xs" alignItems="center" responsive={false} wrap={false}>
      <EuiFlexItem grow={false}>
        <EuiButton
          size={size}
          fill={isPrimary}
          iconType={isBusy ? Spinner : 'link'}
          aria-label={formatMessage(named, { name })}
          aria-busy={isBusy}
          onClick={onAuthorize}
        >
          {formatMessage(label)}
        </EuiButton>
      </EuiFlexItem>
      {isBusy && (
        <EuiFlexItem grow={false}>
          <EuiToolTip content={cancelLabel} disableScreenReaderOutput>
            <EuiButtonIcon
              iconType="cross"
              color="text"
              size={size}
              aria-label={cancelLabel}
              onClick={onCancel}
            />
          </EuiToolTip>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

function Spinner(): ReactElement {
  return <EuiLoadingSpinner size="m" aria-hidden />;
}
