import { EuiLoadingSpinner } from '@elastic/eui';
import { defineMessages, type Failure, useCore } from '@latchkey/core/public';
import { loadedSection } from '@latchkey/core/public/loaded_part';
import { useSingleMutation } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { resumeExecution, WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { ConnectAccount } from '../connect/index.ts';
import { failureOf } from '../failure_text.ts';
import type { RunDetails, RunWait } from '../run_data/index.ts';
import { WaitPanel } from './wait_panel.tsx';

const messages = defineMessages({
  failed: { id: 'workflows.response.failed', defaultMessage: 'The response was not accepted' },
  forbidden: {
    id: 'workflows.response.forbidden',
    defaultMessage: 'Your roles do not allow you to respond. Ask an administrator for access.',
  },
  accepted: { id: 'workflows.response.accepted', defaultMessage: 'Response sent' },
});

/**
 * Loaded separately, because the form includes a checker of schemas that most pages do not need.
 */
const ResponseForm = loadedSection(
  async () => (await import('./response_form.tsx')).ResponseForm,
  <EuiLoadingSpinner size="m" />,
);

/**
 * Name of the failed step that a run repeats after a wait. `undefined`: the wait is not a pause
 * before a retry.
 */
const failedStepOf = (run: RunDetails, { kind, stepExecutionId }: RunWait): string | undefined =>
  kind !== 'time'
    ? undefined
    : run.stepExecutions.find(({ id, status }) => id === stepExecutionId && status === 'failed')
        ?.stepId;

/** One panel for each wait of a run. */
export function RunWaits(props: {
  readonly run: RunDetails;
  readonly isOwn: boolean;
  readonly onChanged: () => void;
}): ReactElement {
  const { run, isOwn, onChanged } = props;
  return (
    <>
      {run.waits.map((wait) => (
        <WaitPanel
          key={`${wait.kind} ${wait.stepExecutionId}`}
          wait={wait}
          failedStep={failedStepOf(run, wait)}
          otherUser={isOwn ? undefined : run.executedBy}
          savedBy={run.savedBy}
          action={isOwn ? <Action run={run} wait={wait} onChanged={onChanged} /> : undefined}
        />
      ))}
    </>
  );
}

interface ActionProps {
  readonly run: RunDetails;
  readonly wait: RunWait;
  readonly onChanged: () => void;
}

function Action({ run, wait, onChanged }: ActionProps): ReactElement | null {
  const { application } = useCore();
  const { formatMessage } = useIntl();
  const { connectorId, connectorName = connectorId, kind } = wait;
  if (kind === 'authorization' && connectorId !== undefined) {
    return (
      <ConnectAccount
        connectorId={connectorId}
        connectorName={connectorName ?? connectorId}
        isReconnect={false}
        onConnected={onChanged}
      />
    );
  }
  if (kind !== 'input') return null;
  if (!application.can(WORKFLOW_PRIVILEGES.execute))
    return <p>{formatMessage(messages.forbidden)}</p>;
  return <Respond run={run} wait={wait} onChanged={onChanged} />;
}

function Respond({ run, wait, onChanged }: ActionProps): ReactElement {
  const intl = useIntl();
  const { http, feedback } = useCore();
  const { mutate, isPending, error, reset } = useSingleMutation({
    mutationFn: (input: unknown) =>
      http.call(resumeExecution, {
        params: { id: run.id },
        body: { input, stepExecutionId: wait.stepExecutionId },
      }),
    onSuccess: () => {
      feedback.announce(intl.formatMessage(messages.accepted));
      onChanged();
    },
  });
  const failure: Failure | undefined =
    error === null ? undefined : failureOf(intl, messages.failed)(error);
  return (
    <ResponseForm
      wait={wait}
      isSending={isPending}
      failure={failure}
      onRespond={(input, onRefused) =>
        mutate(input, {
          onError: (refusal) => {
            if (onRefused(refusal)) reset();
          },
        })
      }
    />
  );
}
