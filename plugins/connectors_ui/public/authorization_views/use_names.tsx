import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { ConnectorUses } from '../connector_uses/index.ts';

const messages = defineMessages({
  scheduled: {
    id: 'connectorsUi.disconnect.scheduled',
    defaultMessage: '{workflow}, which runs as you on a schedule',
  },
  moreWorkflows: {
    id: 'connectorsUi.disconnect.moreWorkflows',
    defaultMessage: '{count, plural, one {# more} other {# more}}',
  },
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
