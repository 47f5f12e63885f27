import { EuiSkeletonText, EuiSkeletonTitle } from '@elastic/eui';
import { defineMessages, HttpClientError, useAppLink, useCore } from '@latchkey/core/public';
import { LoadFailure, NotFound } from '@latchkey/core/public/page_parts';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { useParams } from 'react-router';
import { failureText } from '../failure_text.ts';
import {
  childrenQuery,
  type RunDetails,
  runKeys,
  runPaths,
  runQuery,
  runValuesQuery,
  type StepRun,
  useMoreSteps,
  useNow,
} from '../run_data/index.ts';
import { isFinished, runStatusWords } from '../run_status/index.ts';
import { LoadedRunLog } from './loaded_run_log.tsx';
import { LoadedStepDetails } from './loaded_step_details.tsx';
import { useRunActions } from './run_actions.tsx';
import { type RelatedRun, RunView } from './run_view.tsx';
import { RunWaits } from './run_waits.tsx';

const messages = defineMessages({
  loading: { id: 'workflows.runPage.loading', defaultMessage: 'Loading the run' },
  failed: { id: 'workflows.runPage.failed', defaultMessage: 'The run could not be loaded' },
  notFound: { id: 'workflows.runPage.notFound', defaultMessage: 'This run does not exist' },
  notFoundText: {
    id: 'workflows.runPage.notFoundText',
    defaultMessage:
      'It may belong to another space, or it was deleted: old runs are deleted after some time.',
  },
  allRuns: { id: 'workflows.runPage.allRuns', defaultMessage: 'All runs' },
  status: { id: 'workflows.runPage.status', defaultMessage: 'Run: {status}' },
});

/** Time in milliseconds after an action of the user in which the run is read every second. */
const CHANGES_EXPECTED_MS = 20_000;

/** Page `/app/workflows/executions/{id}` with one run. */
export function RunPage(): ReactElement {
  const { id = '' } = useParams();
  // The key discards the state of the page when the URL names another run.
  return <LoadedRun key={id} id={id} />;
}

function LoadedRun({ id }: { readonly id: string }): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, clock, chrome } = useCore();
  const link = useAppLink();
  const queryClient = useQueryClient();
  const expectedUntil = useRef(0);
  const { data, error, refetch } = useQuery(
    runQuery(http, id, { now: clock.now, expectedUntil: () => expectedUntil.current }),
  );
  useEffect(() => {
    if (data !== undefined) chrome.setTitle(data.workflowName);
  }, [chrome, data]);
  const expectChange = () => {
    expectedUntil.current = clock.now() + CHANGES_EXPECTED_MS;
    void queryClient.invalidateQueries({ queryKey: runKeys.all });
  };
  if (data !== undefined) return <Run run={data} onChanged={expectChange} />;
  if (error === null) {
    return (
      <div role="status" aria-label={formatMessage(messages.loading)}>
        <EuiSkeletonTitle size="l" announceLoadingStatus={false} announceLoadedStatus={false} />
        <EuiSkeletonText lines={6} announceLoadingStatus={false} announceLoadedStatus={false} />
      </div>
    );
  }
  if (error instanceof HttpClientError && error.status === 404) {
    return (
      <NotFound
        title={formatMessage(messages.notFound)}
        text={formatMessage(messages.notFoundText)}
        link={{ ...link(runPaths.list()), label: formatMessage(messages.allRuns) }}
      />
    );
  }
  return (
    <LoadFailure
      title={formatMessage(messages.failed)}
      text={failureText(intl, error)}
      onRetry={() => void refetch()}
    />
  );
}

function Run(props: { readonly run: RunDetails; readonly onChanged: () => void }): ReactElement {
  const { run, onChanged } = props;
  const { boot } = useCore();
  const link = useAppLink();
  const now = useNow(!isFinished(run.status));
  const isOwn = run.executedBy === boot.user.username;
  const more = useMoreSteps(run, false);
  const children = useChildren(run);
  const values = useValues(run);
  const actions = useRunActions({ run, isOwn, onChanged });
  useAnnounceStatus(run);
  const { retryOf, parentExecutionId: parent, workflowId } = run;
  return (
    <>
      <RunView
        run={{
          ...run,
          stepExecutions: more.steps,
          ...values.values,
        }}
        moreSteps={more}
        onShowValues={values.show}
        now={now}
        workflowLink={workflowId === undefined ? undefined : link(runPaths.workflow(workflowId))}
        runsLink={link(
          workflowId === undefined ? runPaths.list() : runPaths.ofWorkflow(workflowId),
        )}
        {...(retryOf === undefined
          ? {}
          : {
              retryOf: {
                link: link(runPaths.run(retryOf)),
                compare: link(runPaths.compare(retryOf, run.id)),
              },
            })}
        {...(parent === undefined ? {} : { parent: link(runPaths.run(parent)) })}
        related={children}
        actions={actions.buttons}
        waits={<RunWaits run={run} isOwn={isOwn} onChanged={onChanged} />}
        log={<LoadedRunLog run={run} />}
        renderDetails={(step: StepRun) => (
          <LoadedStepDetails run={run} step={step} onRetry={actions.retryFrom} />
        )}
      />
      {actions.dialog}
    </>
  );
}

/**
 * Maximum steps of a run whose inputs and outputs are loaded when the page opens. For larger runs,
 * the user asks for them.
 */
const MANY_STEPS = 50;

/** Inputs and output of a run. If they may be large, they are loaded only when the user asks. */
function useValues(run: RunDetails): {
  /** `undefined`: not loaded, or the user may not see them. */
  readonly values: { readonly input: unknown; readonly output: unknown } | undefined;
  /**
   * Loads the values. `undefined`: they are loaded without a question, or the user has asked
   * already.
   */
  readonly show: (() => void) | undefined;
} {
  const { http } = useCore();
  const [isShown, show] = useState(false);
  const isLarge = run.stepExecutions.length > MANY_STEPS;
  const isWanted = run.isReadable && (!isLarge || isShown);
  const { data } = useQuery({
    ...runValuesQuery(http, run.id, isFinished(run.status)),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  return { values: data, show: run.isReadable && !isWanted ? () => show(true) : undefined };
}

/** Runs that steps of this run have started, with links to their pages. */
function useChildren({ id, stepExecutions, currentSteps }: RunDetails): readonly RelatedRun[] {
  const { http } = useCore();
  const link = useAppLink();
  const hasChildren = [...stepExecutions, ...currentSteps].some(({ stepType }) =>
    stepType.startsWith('workflow.execute'),
  );
  const { data = [] } = useQuery({ ...childrenQuery(http, id), enabled: hasChildren });
  return data.map((child) => ({ ...child, link: link(runPaths.run(child.id)) }));
}

/** Announces changes of the status to screen readers. */
function useAnnounceStatus({ status }: RunDetails): void {
  const { formatMessage } = useIntl();
  const { feedback } = useCore();
  const before = useRef(status);
  useEffect(() => {
    if (before.current === status) return;
    before.current = status;
    feedback.announce(
      formatMessage(messages.status, { status: formatMessage(runStatusWords(status).label) }),
    );
  }, [status, feedback, formatMessage]);
}
