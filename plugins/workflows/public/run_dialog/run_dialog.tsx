import {
  defineMessages,
  HttpClientError,
  randomId,
  useCore,
  useLeaveGuard,
} from '@latchkey/core/public';
import {
  type RunningDialog,
  useDialogResult,
  useSingleMutation,
} from '@latchkey/core/public/page_parts';
import { inputsSchema, type JsonSchema, workflowDocument } from '@latchkey/workflow-language';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { getWorkflow, preflightWorkflow } from '../../common/index.ts';
import { ConnectAccount } from '../connect/index.ts';
import { failureOf, failureText } from '../failure_text.ts';
import { runKeys, runPaths, useStartedToast } from '../run_data/index.ts';
import { useSchemaForm } from '../schema_form/index.ts';
import { readinessOf } from './preflight.ts';
import { RunDialogLoading } from './run_dialog_loading.tsx';
import { RunDialogView } from './run_dialog_view.tsx';
import { type RunSource, startRun } from './start_run.ts';
import { type StepForm, stepForm } from './step_form.ts';

const messages = defineMessages({
  failed: { id: 'workflows.runDialog.failed', defaultMessage: 'The workflow was not started' },
  unknown: {
    id: 'workflows.runDialog.unknown',
    defaultMessage:
      'It is not known if the workflow was started. Check your network, then run it again: with the same inputs, no second run is started.',
  },
  loadFailed: {
    id: 'workflows.runDialog.loadFailed',
    defaultMessage: 'The inputs of the workflow could not be loaded',
  },
});

/** Properties of {@link RunDialog}. */
export interface RunDialogProps {
  readonly source: RunSource;
  /** Name of the workflow, or of the step. */
  readonly name: string;
  readonly onClose: () => void;
}

const KINDS = { stored: 'workflow', yaml: 'test', step: 'step' } as const;

/** Input schema of a workflow without inputs. */
const NO_INPUTS: JsonSchema = { type: 'object', properties: {} };

/** Asks for the inputs of a workflow, shows with which accounts its steps act, and runs it. */
export function RunDialog(props: RunDialogProps): ReactElement {
  const { source } = props;
  switch (source.kind) {
    case 'yaml':
      return <DialogOfYaml {...props} yaml={source.yaml} />;
    case 'step':
      return <DialogOfStep {...props} yaml={source.yaml} stepId={source.stepId} />;
    default:
      return <DialogOfStored {...props} workflowId={source.workflowId} />;
  }
}

function DialogOfStep(
  props: RunDialogProps & { readonly yaml: string; readonly stepId: string },
): ReactElement {
  const { yaml, stepId } = props;
  const form = useMemo(() => stepForm(workflowDocument(yaml), stepId), [yaml, stepId]);
  return <Dialog {...props} schema={form.schema} step={form} />;
}

function DialogOfYaml(props: RunDialogProps & { readonly yaml: string }): ReactElement {
  const { yaml } = props;
  const schema = useMemo(() => inputsSchema(workflowDocument(yaml)) ?? NO_INPUTS, [yaml]);
  return <Dialog {...props} schema={schema} />;
}

function DialogOfStored(props: RunDialogProps & { readonly workflowId: string }): ReactElement {
  const { workflowId, name, onClose } = props;
  const intl = useIntl();
  const { http } = useCore();
  const { data, error } = useQuery({
    queryKey: [...runKeys.all, 'inputs', workflowId],
    queryFn: async ({ signal }) => {
      const { definition } = await http.call(getWorkflow, { params: { id: workflowId }, signal });
      return inputsSchema(definition) ?? NO_INPUTS;
    },
    // The workflow may have changed since it was loaded.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (data === undefined) {
    const failure =
      error === null
        ? undefined
        : { title: intl.formatMessage(messages.loadFailed), text: failureText(intl, error) };
    return <RunDialogLoading name={name} failure={failure} onClose={onClose} />;
  }
  return <Dialog {...props} schema={data} />;
}

function Dialog(
  props: RunDialogProps & {
    readonly schema: JsonSchema;
    /** The only step that is executed. Absent: all are. */
    readonly step?: StepForm;
  },
): ReactElement {
  const { source, name, schema, step, onClose } = props;
  const intl = useIntl();
  const { http, application, boot, feedback, queryClient } = useCore();
  const opened = useDialogResult();
  const showStarted = useStartedToast();
  const form = useSchemaForm(schema);
  const allowLeave = useLeaveGuard(form.hasChanges);
  const preflight = useQuery({
    queryKey: [...runKeys.all, 'preflight', source],
    queryFn: ({ signal }) => {
      const steps = step === undefined ? {} : { steps: [...step.stepNames] };
      const body =
        source.kind === 'stored'
          ? { workflowId: source.workflowId }
          : { yaml: source.yaml, ...steps };
      return http.call(preflightWorkflow, { body, signal });
    },
    staleTime: 0,
    gcTime: 0,
  });
  // All attempts of this dialog use one key, because the response to an earlier attempt may have
  // been lost after the run started.
  const [idempotencyKey] = useState(randomId);
  const start = useSingleMutation({
    mutationFn: (request: {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly isDryRun: boolean;
      readonly dialog: RunningDialog;
    }) => {
      const { inputs, isDryRun } = request;
      return startRun(http, source, { inputs, isDryRun, idempotencyKey, step });
    },
    onSuccess: ({ workflowExecutionId: id }, { dialog }) => {
      void queryClient.invalidateQueries({ queryKey: runKeys.all });
      if (!dialog.isOpen()) return showStarted({ id, name });
      allowLeave();
      onClose();
      application.navigate(runPaths.run(id));
    },
    onError: (error, { dialog }) => {
      if (!dialog.isOpen())
        feedback.toast({ ...failureOf(intl, messages.failed)(error), color: 'danger' });
      else if (form.showServerError(error)) start.reset();
    },
  });
  const failureIn = (error: unknown) => {
    const failure = failureOf(intl, messages.failed)(error);
    const isLost = error instanceof HttpClientError && error.isResponseLost;
    return isLost ? { ...failure, text: intl.formatMessage(messages.unknown) } : failure;
  };
  return (
    <RunDialogView
      name={name}
      kind={KINDS[source.kind]}
      runsAs={boot.user.username}
      form={form}
      preflight={preflight.data ?? (preflight.isError ? 'failed' : undefined)}
      renderConnect={(connector) =>
        connector.id !== undefined && (
          <ConnectAccount
            connectorId={connector.id}
            connectorName={connector.name ?? connector.id}
            isReconnect={readinessOf(connector) !== 'connect'}
            onConnected={() => void preflight.refetch()}
          />
        )
      }
      starting={start.isPending ? (start.variables.isDryRun ? 'dry_run' : 'run') : undefined}
      failure={start.error === null ? undefined : failureIn(start.error)}
      onRun={(isDryRun) =>
        form.submit((inputs) => start.mutate({ inputs, isDryRun, dialog: opened.begin() }))
      }
      onClose={onClose}
    />
  );
}
