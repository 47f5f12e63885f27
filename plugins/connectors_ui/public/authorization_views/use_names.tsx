import { EuiButton, EuiCallOut } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { ConnectorUses, UsesFailure } from '../connector_uses/index.ts';

const messages = defineMessages({
  scheduled: {
    id: 'connectorsUi.disconnect.scheduled',
    defaultMessage: '{workflow}, which runs as you on a schedule',
  },
  moreWorkflows: {
    id: 'connectorsUi.disconnect.moreWorkflows',
    defaultMessage: '{count, plural, one {# more} other {# more}}',
  },
  unread: {
    id: 'connectorsUi.disconnect.usesUnread',
    defaultMessage:
      'It could not be determined which workflows use {count, plural, one {this connector} other {these connectors}}',
  },
  readAgain: { id: 'connectorsUi.disconnect.readUsesAgain', defaultMessage: 'Try again' },
});

/** Further ones are counted only. */
const MAX_SHOWN_USES = 10;

/** List of the workflows that use a connector, and which of them run on a schedule. */
export function UseNames({
  uses: { uses, total },
}: {
  readonly uses: ConnectorUses;
}): ReactElement {
  const { formatMessage } = useIntl();
  const shown = uses.slice(0, MAX_SHOWN_USES);
  const more = total - shown.length;
  return (
    <ul>
      {shown.map(({ id, name: workflow, isScheduled }) => (
        <li key={id}>
          {isScheduled ? (
            formatMessage(messages.scheduled, { workflow: <bdi>{workflow}</bdi> })
          ) : (
            <bdi>{workflow}</bdi>
          )}
        </li>
      ))}
      {more === 0 ? null : <li>{formatMessage(messages.moreWorkflows, { count: more })}</li>}
    </ul>
  );
}

/**
 * Says if the workflows that use connectors could not be read. The user can try again. Screen
 * readers read the notice when it appears.
 */
export function UsesUnread(props: {
  /** Number of connectors. */
  readonly count: number;
  /** `undefined`: reading has not failed. */
  readonly failure: UsesFailure | undefined;
}): ReactElement {
  const { count, failure } = props;
  const { formatMessage } = useIntl();
  return (
    <div role="status">
      {failure === undefined ? null : (
        <EuiCallOut
          size="s"
          color="warning"
          iconType="warning"
          heading="p"
          title={formatMessage(messages.unread, { count })}
          css={{ marginBlockEnd: 16 }}
        >
          {/* The button keeps the focus while they are read. */}
          <EuiButton
            size="s"
            color="warning"
            hasAriaDisabled
            isLoading={failure.isReading}
            onClick={failure.onRetry}
          >
            {formatMessage(messages.readAgain)}
          </EuiButton>
        </EuiCallOut>
      )}
    </div>
  );
}
