import { EuiButton } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import {
  type RunningDialog,
  useDialogResult,
  useSingleMutation,
} from '@latchkey/core/public/page_parts';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import { cancelExecution, retryExecution, WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { type RunDetails, runPaths, type StepRun, useStartedToast } from '../run_data/index.ts';
import { isFinished } from '../run_status/index.ts';
import { type RetryChoice, RetryDialog, type RetryMode } from './retry_dialog.tsx';

const messages = defineMessages({
  cancel: { id: 'workflows.run.cancel', defaultMessage: 'Cancel run' },
  keep: { id: 'workflows.run.keep', defaultMessage: 'Keep running' },
  cancelTitle: { id: 'workflows.run.cancelTitle', defaultMessage: 'Cancel this run?' },
  cancelText: {
    id: 'workflows.run.cancelText',
    defaultMessage:
      'Steps that have ended stay as they are: nothing is undone at the services. Later steps are not executed.',
  },
  cancelFailed: {
    id: 'workflows.run.cancelFailed',
    defaultMessage: 'The run could not be cancelled',
  },
  retry: { id: 'workflows.run.retry', defaultMessage: 'Run again' },
  retryFailed: {
    id: 'workflows.run.retryFailed',
    defaultMessage: 'The run could not be started again',
  },
});

/** Modes that the dialog for a retry offers, and the step to retry from, if there is one. */
interface RetryQuestion {
  readonly modes: readonly RetryMode[];
  readonly step: StepRun | undefined;
}

/** Buttons that change a run, and the dialog that they open. */
export interface RunActions {
  readonly buttons: readonly ReactElement[];
  /** Open dialog. `null`: none is open. */
  readonly dialog: ReactElement | null;
  /** Opens the dialog for a retry from a step. `undefined`: the user may not retry the run. */
  readonly retryFrom: ((step: StepRun) => void) | undefined;
}

/**
 * Actions that cancel a run or retry it. Only the user of the run can retry it, because a retry
 * uses the inputs of the run.
 */
export function useRunActions(props: {
  readonly run: RunDetails;
  readonly isOwn: boolean;
  readonly onChanged: () => void;
}): RunActions {
  const { run, isOwn, onChanged } = props;
  const { formatMessage } = useIntl();
  const { application } = useCore();
  const cancel = useCancel(run, onChanged);
  const { open, dialog } = useRetry(run);
  const isEnded = isFinished(run.status);
  const mayCancel = !isEnded && application.can(WORKFLOW_PRIVILEGES.cancel);
  const mayRetry = isEnded && isOwn && application.can(WORKFLOW_PRIVILEGES.execute);
  return {
    buttons: [
      ...(mayCancel
        ? [
            <EuiButton key="cancel" color="danger" iconType="cross" onClick={cancel}>
              {formatMessage(messages.cancel)}
            </EuiButton>,
          ]
        : []),
      ...(mayRetry
        ? [
            <EuiButton
              key="retry"
              iconType="refresh"
              onClick={() => open({ modes: modesOf(run), step: undefined })}
            >
              {formatMessage(messages.retry)}
            </EuiButton>,
          ]
        : []),
    ],
    dialog,
    // Steps of a dry run have no results that a retry could use.
    retryFrom:
      mayRetry && run.isDryRun !== true
        ? (step) => open({ modes: ['from-step', 'whole'], step })
        : undefined,
  };
}

/** Returns a function that cancels the run after the user has confirmed it. */
function useCancel({ id }: RunDetails, onChanged: () => void): () => void {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const cancel = async () => {
    await feedback.confirm({
      title: formatMessage(messages.cancelTitle),
      text: formatMessage(messages.cancelText),
      confirmLabel: formatMessage(messages.cancel),
      // The default label "Cancel" would be ambiguous beside the button "Cancel the run".
      cancelLabel: formatMessage(messages.keep),
      color: 'danger',
      action: {
        run: () => http.call(cancelExecution, { params: { id } }).then(() => undefined),
        failureOf: failureOf(intl, messages.cancelFailed),
      },
    });
    onChanged();
  };
  return () => void cancel();
}

/** Dialog that retries the run. `open` opens it; `dialog` is `null` while it is closed. */
function useRetry(run: RunDetails): {
  readonly open: (question: RetryQuestion) => void;
  readonly dialog: ReactElement | null;
} {
  const intl = useIntl();
  const { http, application } = useCore();
  const [question, ask] = useState<RetryQuestion>();
  const opened = useDialogResult();
  const showStarted = useStartedToast();
  const close = () => {
    opened.close();
    ask(undefined);
  };
  const retry = useSingleMutation({
    mutationFn: ({ mode, yaml }: RetryChoice & { readonly dialog: RunningDialog }) =>
      http.call(retryExecution, {
        params: { id: run.id },
        body: {
          mode,
          yaml,
          ...(mode === 'from-step' && question?.step !== undefined
            ? { fromStepExecutionId: question.step.id }
            : {}),
        },
      }),
    onSuccess: ({ workflowExecutionId: id }, { dialog }) => {
      if (!dialog.isOpen()) return showStarted({ id, name: run.workflowName });
      close();
      application.navigate(runPaths.run(id));
    },
    onError: (error, { dialog }) =>
      dialog.show({
        toast: { ...failureOf(intl, messages.retryFailed)(error), color: 'danger' },
      }),
  });
  return {
    open: (next) => {
      opened.open();
      retry.reset();
      ask(next);
    },
    dialog:
      question === undefined ? null : (
        <RetryDialog
          modes={question.modes}
          stepName={question.step?.stepId}
          hasCurrent={run.workflowId !== undefined}
          isBusy={retry.isPending}
          failure={
            retry.error === null ? undefined : failureOf(intl, messages.retryFailed)(retry.error)
          }
          onRetry={(choice) => retry.mutate({ ...choice, dialog: opened.begin() })}
          onClose={close}
        />
      ),
  };
}

/**
 * Modes in which a run can be retried. A run without an ended step and a dry run can only be
 * repeated as a whole.
 */
function modesOf({ status, isDryRun, stepExecutions }: RunDetails): readonly RetryMode[] {
  return status === 'completed' || isDryRun === true || stepExecutions.length === 0
    ? ['whole']
    : ['failed-step', 'whole'];
}
