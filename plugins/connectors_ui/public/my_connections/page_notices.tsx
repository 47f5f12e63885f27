import {
  EuiButton,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiSkeletonRectangle,
  EuiSpacer,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

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
  retry: { id: 'connectorsUi.myConnections.retry', defaultMessage: 'Try again' },
  statusFailed: {
    id: 'connectorsUi.myConnections.statusFailed',
    defaultMessage: 'The status of your connections could not be read',
  },
  statusFailedText: {
    id: 'connectorsUi.myConnections.statusFailedText',
    defaultMessage: 'This page tries again by itself. Your connections still work.',
  },
});

/** Placeholder while the connections are being read. */
export function LoadingNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <div role="status" aria-label={formatMessage(messages.loading)}>
      {[1, 2, 3].map((row) => (
        <div key={row}>
          <EuiSkeletonRectangle
            width="100%"
            height={72}
            borderRadius="m"
            announceLoadingStatus={false}
          />
          <EuiSpacer size="s" />
        </div>
      ))}
    </div>
  );
}

/** There are no connectors. */
export function EmptyNotice(props: {
  /** Leads to the page where connectors are created. `undefined`: the user may not create any. */
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

/** The connectors could not be read. */
export function FailedNotice({ onRetry }: { readonly onRetry: () => void }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiEmptyPrompt
      color="danger"
      iconType="error"
      titleSize="s"
      title={<h2>{formatMessage(messages.failedTitle)}</h2>}
      body={<p>{formatMessage(messages.failedText)}</p>}
      actions={
        <EuiButton color="danger" onClick={onRetry}>
          {formatMessage(messages.retry)}
        </EuiButton>
      }
    />
  );
}

/** The connectors are known, the user's connections are not. */
export function StatusFailedNotice(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiCallOut
      announceOnMount
      size="s"
      color="warning"
      iconType="warning"
      title={formatMessage(messages.statusFailed)}
    >
      <p>{formatMessage(messages.statusFailedText)}</p>
    </EuiCallOut>
  );
}
