import {
  EuiBadge,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiProgress,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { RelativeTime, TwoLines } from '@latchkey/core/public/page_parts';
import { Fragment, type ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { isWorking, type RevocationJob } from './grant_queries.ts';

const messages = defineMessages({
  title: { id: 'connectorsUi.jobs.title', defaultMessage: 'Recent mass revocations' },
  connector: { id: 'connectorsUi.jobs.connector', defaultMessage: 'Connector {name}' },
  goneConnector: {
    id: 'connectorsUi.jobs.goneConnector',
    defaultMessage: 'Deleted connector, or connector of another space',
  },
  user: { id: 'connectorsUi.jobs.user', defaultMessage: 'One user' },
  provider: { id: 'connectorsUi.jobs.provider', defaultMessage: 'Provider {name}' },
  all: { id: 'connectorsUi.jobs.all', defaultMessage: 'All users' },
  progress: {
    id: 'connectorsUi.jobs.progress',
    defaultMessage: '{ended, number} of {total, number} ended',
  },
  revoked: {
    id: 'connectorsUi.jobs.revoked',
    defaultMessage: '{count, number} revoked at the provider',
  },
  waiting: {
    id: 'connectorsUi.jobs.waiting',
    defaultMessage: '{count, number} still waiting for the provider',
  },
  failed: {
    id: 'connectorsUi.jobs.failed',
    defaultMessage:
      '{count, plural, one {# has} other {# have}} to be removed at the provider by hand',
  },
  cancel: { id: 'connectorsUi.jobs.cancel', defaultMessage: 'Stop' },
  running: { id: 'connectorsUi.jobs.running', defaultMessage: 'Running' },
  completed: { id: 'connectorsUi.jobs.completed', defaultMessage: 'Finished' },
  cancelled: { id: 'connectorsUi.jobs.cancelled', defaultMessage: 'Stopped' },
});

const STATES = {
  prepared: { text: messages.running, color: 'primary' },
  running: { text: messages.running, color: 'primary' },
  completed: { text: messages.completed, color: 'success' },
  cancelled: { text: messages.cancelled, color: 'default' },
} as const;

/** List of the latest mass revocations with their progress. Renders nothing if there are none. */
export function JobList(props: {
  readonly jobs: readonly RevocationJob[];
  /** Returns the name of a connector. `undefined`: it is not known in this space. */
  readonly connectorName: (id: string) => string | undefined;
  readonly onCancel: (job: RevocationJob) => void;
}): ReactElement | null {
  const { jobs, connectorName, onCancel } = props;
  const { formatMessage } = useIntl();
  if (jobs.length === 0) return null;
  return (
    <section>
      <EuiTitle size="xs">
        <h2>{formatMessage(messages.title)}</h2>
      </EuiTitle>
      <EuiSpacer size="m" />
      {jobs.map((job) => (
        <Fragment key={job.id}>
          <Job job={job} name={scopeText(job)} onCancel={onCancel} />
          <EuiSpacer size="s" />
        </Fragment>
      ))}
    </section>
  );

  function nameOf(id = ''): string {
    const name = connectorName(id);
    return name === undefined
      ? formatMessage(messages.goneConnector)
      : formatMessage(messages.connector, { name });
  }

  function scopeText({ scope }: RevocationJob): string {
    const { type, connector_id: id, provider } = scope;
    switch (type) {
      case 'connector':
        return nameOf(id);
      case 'user':
        return formatMessage(messages.user);
      case 'provider':
        return formatMessage(messages.provider, { name: provider });
      default:
        return formatMessage(messages.all);
    }
  }
}

function Job(props: {
  readonly job: RevocationJob;
  readonly name: string;
  readonly onCancel: (job: RevocationJob) => void;
}): ReactElement {
  const { job, name, onCancel } = props;
  const { formatMessage } = useIntl();
  const { revocation } = job;
  const byHand = revocation.failed + revocation.unsupported;
  const { text, color } = STATES[job.state];
  const isRunning = job.state === 'prepared' || job.state === 'running';
  const details = [
    formatMessage(messages.progress, { ended: job.ended, total: job.total }),
    formatMessage(messages.revoked, { count: revocation.revoked }),
    ...(revocation.waiting > 0
      ? [formatMessage(messages.waiting, { count: revocation.waiting })]
      : []),
  ];
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <EuiFlexGroup alignItems="center" gutterSize="m" responsive={false} wrap>
        <EuiFlexItem css={{ minInlineSize: 160 }}>
          <EuiText size="s">
            <strong>
              <TwoLines text={name} />
            </strong>
          </EuiText>
          <EuiText size="xs" color="subdued">
            {details.join(' · ')} · <RelativeTime at={new Date(job.created_at)} />
          </EuiText>
          {byHand > 0 ? (
            <EuiText size="xs" color="warning">
              {formatMessage(messages.failed, { count: byHand })}
            </EuiText>
          ) : null}
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiBadge color={color}>{formatMessage(text)}</EuiBadge>
        </EuiFlexItem>
        {isRunning && job.reason === 'mass_revoke' ? (
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty size="xs" color="danger" onClick={() => onCancel(job)}>
              {formatMessage(messages.cancel)}
            </EuiButtonEmpty>
          </EuiFlexItem>
        ) : null}
      </EuiFlexGroup>
      {isWorking(job) && job.total > 0 ? (
        <>
          <EuiSpacer size="s" />
          <EuiProgress size="xs" value={job.ended} max={job.total} aria-label={name} />
        </>
      ) : null}
    </EuiPanel>
  );
}
