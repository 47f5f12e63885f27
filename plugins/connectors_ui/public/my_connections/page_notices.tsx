import {
  EuiButton,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiPanel,
  EuiSkeletonRectangle,
  EuiSpacer,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { LoadFailure } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { forbiddenText } from '../error_text.ts';

const messages = defineMessages({
  loading: { id: 'connectorsUi.myConnections.loading', defaultMessage: 'Loading your connections' },
  emptyTitle: {
    id: 'connectorsUi.myConnections.emptyTitle',
    defaultMessage: 'Nothing to connect yet',
  },
  emptyText: {
    id: 'connectorsUi.myConnections.emptyText',
    defaultMessage:
      'There are no connectors in this space. An administrator creates them, then you connect your own account here.',
  },
  emptyTextCreator: {
    id: 'connectorsUi.myConnections.emptyTextCreator',
    defaultMessage:
      'There are no connectors in this space. Create one, then every user connects their own account here.',
  },
  create: { id: 'connectorsUi.myConnections.create', defaultMessage: 'Go to connectors' },
  failedTitle: {
    id: 'connectorsUi.myConnections.failedTitle',
    defaultMessage: 'Your connections could not be loaded',
  },
  failedText: {
    id: 'connectorsUi.myConnections.failedText',
    defaultMessage: 'The server did not respond as expected. Your connections still work.',
  },
  unknownInvitation: {
    id: 'connectorsUi.myConnections.unknownInvitation',
    defaultMessage: 'The connector of this link is not here',
  },
  unknownInvitationText: {
    id: 'connectorsUi.myConnections.unknownInvitationText',
    defaultMessage:
      'It was deleted, or it belongs to another space. Ask the user who sent the link for a new one.',
  },
  statusFailed: {
    id: 'connectorsUi.myConnections.statusFailed',
    defaultMessage: 'The status of your connections could not be read',
  },
  statusFailedText: {
    id: 'connectorsUi.myConnections.statusFailedText',
    defaultMessage: 'This page tries again by itself. Your connections still work.',
  },
});

/** Placeholder that is shown while the connections are being loaded. */
export function LoadingNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <div role="status" aria-label={formatMessage(messages.loading)}>
      {[1, 2, 3].map((row) => (
        <div key={row}>
          <EuiPanel hasBorder hasShadow={false} paddingSize="m">
            <div css={PLACEHOLDER}>
              <Bar width={32} height={32} />
              <Bar width="60%" height={16} />
              <Bar width={96} height={20} />
            </div>
          </EuiPanel>
          <EuiSpacer size="s" />
        </div>
      ))}
    </div>
  );
}

/** The same columns as in {@link ConnectionPanel}. */
const PLACEHOLDER = {
  display: 'grid',
  alignItems: 'center',
  columnGap: 16,
  gridTemplateColumns: '32px minmax(0, 1fr) auto',
} as const;

const Bar = (props: { readonly width: number | string; readonly height: number }) => (
  <EuiSkeletonRectangle {...props} borderRadius="s" announceLoadingStatus={false} />
);

/** Notice that there are no connectors. */
export function EmptyNotice(props: {
  /**
   * Opens the page where connectors are created. `undefined`: the user may not create connectors.
   */
  readonly onCreate: (() => void) | undefined;
}): ReactElement {
  const { onCreate } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiEmptyPrompt
      iconType="link"
      titleSize="s"
      title={<h2>{formatMessage(messages.emptyTitle)}</h2>}
      body={
        <p>
          {formatMessage(onCreate === undefined ? messages.emptyText : messages.emptyTextCreator)}
        </p>
      }
      actions={
        onCreate && (
          <EuiButton fill onClick={onCreate}>
            {formatMessage(messages.create)}
          </EuiButton>
        )
      }
    />
  );
}

/** Notice that the connectors could not be loaded. */
export function FailedNotice(props: {
  /** `true`: the user lacks the privilege, or no longer has it. */
  readonly isForbidden: boolean;
  readonly onRetry: () => void;
}): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  return (
    <LoadFailure
      title={formatMessage(messages.failedTitle)}
      text={props.isForbidden ? forbiddenText(intl) : formatMessage(messages.failedText)}
      onRetry={props.onRetry}
    />
  );
}

/** Notice that an invitation link names a connector that the user cannot see. */
export function UnknownInvitationNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <WarningNotice
      title={formatMessage(messages.unknownInvitation)}
      text={formatMessage(messages.unknownInvitationText)}
    />
  );
}

/** Notice that the connectors were loaded, but the user's connections were not. */
export function StatusFailedNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <WarningNotice
      title={formatMessage(messages.statusFailed)}
      text={formatMessage(messages.statusFailedText)}
    />
  );
}

function WarningNotice(props: { readonly title: string; readonly text: string }): ReactElement {
  return (
    <EuiCallOut announceOnMount size="s" color="warning" iconType="warning" title={props.title}>
      <p>{props.text}</p>
    </EuiCallOut>
  );
}
