import {
  EuiBadge,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiPanel,
  EuiSkeletonText,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { LoadFailure, TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { RunLogLine } from '../run_data/index.ts';

const messages = defineMessages({
  caption: { id: 'workflows.runLog.caption', defaultMessage: 'Log of the run' },
  loading: { id: 'workflows.runLog.loading', defaultMessage: 'Loading the log' },
  failed: { id: 'workflows.runLog.failed', defaultMessage: 'The log could not be loaded' },
  emptyYet: { id: 'workflows.runLog.emptyYet', defaultMessage: 'Nothing was logged yet.' },
  empty: {
    id: 'workflows.runLog.empty',
    defaultMessage: 'The log is empty: no step was executed.',
  },
  time: { id: 'workflows.runLog.time', defaultMessage: 'Time' },
  level: { id: 'workflows.runLog.level', defaultMessage: 'Level' },
  step: { id: 'workflows.runLog.step', defaultMessage: 'Step' },
  message: { id: 'workflows.runLog.message', defaultMessage: 'Message' },
  info: { id: 'workflows.runLog.info', defaultMessage: 'Info' },
  error: { id: 'workflows.runLog.error', defaultMessage: 'Error' },
  completed: { id: 'workflows.runLog.completed', defaultMessage: 'Completed' },
  skipped: { id: 'workflows.runLog.skipped', defaultMessage: 'Skipped' },
  stepFailed: { id: 'workflows.runLog.stepFailed', defaultMessage: 'Failed: {text}' },
});

/** State of the log of a run. */
export type RunLogState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string; readonly onRetry: () => void }
  | {
      readonly status: 'ready';
      readonly lines: readonly RunLogLine[];
      /** Number of all lines. */
      readonly total: number;
      /** Page number, from 0. */
      readonly page: number;
      readonly pageSize: number;
      readonly onPage: (page: number) => void;
    };

/** Lists the ends of steps and the messages of `console` steps, the oldest first. */
export function RunLog(props: {
  readonly state: RunLogState;
  /** `true`: the run has ended, so that no lines will be added. */
  readonly isEnded: boolean;
}): ReactElement {
  const { state, isEnded } = props;
  const { formatMessage } = useIntl();
  const columns = useColumns();
  if (state.status === 'failed')
    return (
      <LoadFailure
        title={formatMessage(messages.failed)}
        text={state.message}
        onRetry={state.onRetry}
      />
    );
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m" css={{ minInlineSize: 0 }}>
      {state.status === 'loading' ? (
        <div role="status" aria-label={formatMessage(messages.loading)}>
          <EuiSkeletonText lines={4} announceLoadingStatus={false} announceLoadedStatus={false} />
        </div>
      ) : state.total === 0 ? (
        <EuiText size="s" color="subdued">
          <p>{formatMessage(isEnded ? messages.empty : messages.emptyYet)}</p>
        </EuiText>
      ) : (
        <EuiBasicTable<RunLogLine>
          tableCaption={formatMessage(messages.caption)}
          items={[...state.lines]}
          columns={columns}
          compressed
          {...(state.total > state.pageSize
            ? {
                pagination: {
                  pageIndex: state.page,
                  pageSize: state.pageSize,
                  totalItemCount: state.total,
                  showPerPageOptions: false,
                },
              }
            : {})}
          onChange={({ page }: { readonly page?: { readonly index: number } }) => {
            if (page !== undefined) state.onPage(page.index);
          }}
        />
      )}
    </EuiPanel>
  );
}

function useColumns(): EuiBasicTableColumn<RunLogLine>[] {
  const intl = useIntl();
  const { formatMessage } = intl;
  return [
    {
      field: 'timestamp',
      name: formatMessage(messages.time),
      width: '12em',
      render: (timestamp: string) => (
        <time dateTime={timestamp} title={intl.formatDate(timestamp, { dateStyle: 'full' })}>
          {intl.formatTime(timestamp, TIME)}
        </time>
      ),
    },
    {
      field: 'level',
      name: formatMessage(messages.level),
      width: '7em',
      render: (level: RunLogLine['level']) => (
        <EuiBadge color={level === 'error' ? 'danger' : 'hollow'}>
          {formatMessage(level === 'error' ? messages.error : messages.info)}
        </EuiBadge>
      ),
    },
    {
      field: 'stepId',
      name: formatMessage(messages.step),
      width: '14em',
      render: (stepId: string) => <TwoLines text={stepId} />,
    },
    {
      name: formatMessage(messages.message),
      render: (line: RunLogLine) => <Message line={line} />,
    },
  ];
}

const TIME = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
} as const;

/** Shows the text of a `console` step unchanged, and other events as a sentence. */
function Message({ line }: { readonly line: RunLogLine }): ReactElement {
  const { formatMessage } = useIntl();
  const { status, text } = line;
  const isConsole = status === 'completed' && text !== undefined;
  if (isConsole)
    return (
      <EuiText component="div" size="xs" css={TEXT}>
        <code css={{ whiteSpace: 'pre-wrap' }}>{text}</code>
      </EuiText>
    );
  return (
    <span css={TEXT}>
      {status === 'failed'
        ? formatMessage(messages.stepFailed, { text: text ?? '' })
        : formatMessage(status === 'skipped' ? messages.skipped : messages.completed)}
    </span>
  );
}

const TEXT = { overflowWrap: 'anywhere', minInlineSize: 0 } as const;
