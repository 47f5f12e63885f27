import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiLink, EuiText } from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import { RelativeTime, TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { EXECUTION_STATUSES } from '../../common/index.ts';
import { RunStatusBadge, SCHEDULED_RUNS_FAIL, useTriggerName } from '../run_status/index.ts';
import type { ListedWorkflow } from '../workflow_data/index.ts';

const messages = defineMessages({
  next: { id: 'workflows.table.next', defaultMessage: 'Next run {time}' },
  runsAs: { id: 'workflows.table.runsAs', defaultMessage: 'Runs as {username}' },
  never: { id: 'workflows.table.never', defaultMessage: 'Not yet' },
});

/**
 * Cell that tells how a workflow starts; for a schedule also the time and user of the next run, and
 * if it fails because of this user.
 */
export function TriggersCell({ workflow }: { readonly workflow: ListedWorkflow }): ReactElement {
  const { formatMessage } = useIntl();
  const { triggers = [], nextRunAt, runsAs, userMayRun } = workflow;
  const types = [...new Set(triggers.map(({ type }) => type))];
  const names = types.map(useTriggerName());
  return (
    <div>
      {names.length === 0 ? '–' : <TwoLines text={names.join(', ')} />}
      {nextRunAt === undefined && runsAs === undefined ? null : (
        <EuiText size="xs" color="subdued" component="div">
          {nextRunAt === undefined ? null : (
            <div>
              {formatMessage(messages.next, {
                time: <RelativeTime key="time" at={new Date(nextRunAt)} />,
              })}
            </div>
          )}
          {runsAs === undefined ? null : (
            <div>
              {formatMessage(messages.runsAs, { username: <TwoLines key="name" text={runsAs} /> })}
            </div>
          )}
        </EuiText>
      )}
      {userMayRun === false ? (
        <EuiText size="xs" color="warning" component="div">
          <EuiIcon type="warning" size="s" aria-hidden /> {formatMessage(SCHEDULED_RUNS_FAIL)}
        </EuiText>
      ) : null}
    </div>
  );
}

/** Cell with status and time of the last run, and a link to it. */
export function LastRunCell(props: {
  /** Last run. `undefined`: the workflow has not run yet. */
  readonly execution: ListedWorkflow['lastExecution'];
  readonly linkToRun: (executionId: string) => AppLink;
}): ReactElement {
  const { execution, linkToRun } = props;
  const { formatMessage } = useIntl();
  if (execution === undefined)
    return (
      <EuiText size="s" color="subdued" component="span">
        {formatMessage(messages.never)}
      </EuiText>
    );
  // A newer server may have statuses that this page does not know.
  const status = EXECUTION_STATUSES.find((known) => known === execution.status);
  return (
    <EuiFlexGroup gutterSize="xs" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        {status === undefined ? execution.status : <RunStatusBadge status={status} />}
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiText size="xs">
          <EuiLink color="primary" {...linkToRun(execution.id)}>
            <RelativeTime at={new Date(execution.createdAt)} isSentence />
          </EuiLink>
        </EuiText>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
