import { EuiButton } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { JsonSchema } from '@latchkey/workflow-language';
import { type ReactElement, useEffect } from 'react';
import { useSchemaForm } from '../schema_form/index.ts';
import type { CheckedConnector } from './preflight.ts';
import { RunDialogLoading } from './run_dialog_loading.tsx';
import { RunDialogView, type RunDialogViewProps } from './run_dialog_view.tsx';
import { stepForm } from './step_form.ts';

const nothing = (): void => undefined;
const LONG = 'engineering_documents_'.repeat(6);

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'Google Drive search query.' },
    pageSize: { type: 'number', default: 250, description: 'Number of results to return.' },
    order: { enum: ['createdTime', 'name'], default: 'name' },
    trashed: { type: 'boolean' },
    folders: { type: 'array', description: 'Names of folders.' },
    filter: { type: 'object' },
  },
  required: ['query'],
};

const STEP_SCHEMA = stepForm(
  {
    inputs: [{ name: 'folder', type: 'string', description: 'Id of the folder.' }],
    steps: [
      {
        name: 'copy_files',
        type: 'google_drive.copyFile',
        with: { from: '{{ steps.search_files.output.files }}', to: '{{ inputs.folder }}' },
      },
    ],
  },
  'copy_files',
).schema;

const drive: CheckedConnector = {
  steps: [{ stepId: 'search_files', line: 12 }],
  reference: 'drive',
  state: 'found',
  id: 'drive',
  name: 'Team Drive',
  personal: true,
  status: 'connected',
  accountLabel: 'ana@example.com',
};

function Dialog(
  props: Partial<RunDialogViewProps> & {
    readonly schema?: JsonSchema;
    /** `true`: the form was submitted, so that faults are shown. */
    readonly isSent?: boolean;
  },
): ReactElement {
  const { schema = SCHEMA, isSent = false, ...rest } = props;
  const form = useSchemaForm(schema);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only once
  useEffect(() => {
    if (isSent) form.submit(nothing);
  }, []);
  return (
    <RunDialogView
      name="sources.google_drive.search"
      kind="workflow"
      runsAs="ana"
      form={form}
      preflight={{ valid: true, connectors: [drive] }}
      renderConnect={() => <EuiButton size="s">Connect</EuiButton>}
      starting={undefined}
      failure={undefined}
      onRun={nothing}
      onClose={nothing}
      {...rest}
    />
  );
}

/** States of the dialog that runs a workflow. */
export const stories: StoryGroup = {
  title: 'Run dialog',
  stories: [
    { name: 'inputs', render: () => <Dialog /> },
    { name: 'faults', render: () => <Dialog isSent /> },
    {
      name: 'no inputs, all connectors',
      render: () => (
        <Dialog
          schema={{ type: 'object', properties: {} }}
          kind="test"
          preflight={{
            valid: true,
            connectors: [
              { ...drive, status: 'not_connected', accountLabel: undefined },
              { ...drive, reference: 'mail', name: 'Mail of the team', status: 'needs_reauth' },
              { ...drive, reference: 'docs', name: 'Docs', missingScopes: ['docs.write', 'docs'] },
              { ...drive, reference: 'status', name: 'Status page', personal: false },
              { ...drive, reference: '{{ inputs.where }}', name: undefined, state: 'computed' },
            ],
          }}
        />
      ),
    },
    {
      name: 'cannot run',
      render: () => (
        <Dialog
          preflight={{
            valid: false,
            connectors: [
              { steps: drive.steps, reference: '<ENTER YOUR CONNECTOR ID>', state: 'placeholder' },
              { steps: drive.steps, reference: 'gone', state: 'missing' },
              { ...drive, reference: 'reads', name: 'Reads', disabledActions: ['sendMessage'] },
              { steps: drive.steps, reference: 'twice', state: 'ambiguous' },
            ],
          }}
        />
      ),
    },
    {
      name: 'one step',
      render: () => (
        <Dialog
          kind="step"
          name="copy_files"
          schema={STEP_SCHEMA}
          preflight={{ valid: true, connectors: [drive] }}
        />
      ),
    },
    {
      name: 'one step without values',
      render: () => <Dialog kind="step" name="copy_files" schema={{}} />,
    },
    {
      name: 'one step that was not started',
      render: () => (
        <Dialog
          kind="step"
          name="copy_files"
          schema={STEP_SCHEMA}
          failure={{ title: 'The workflow was not started', text: 'The workflow has errors.' }}
        />
      ),
    },
    { name: 'checking', render: () => <Dialog preflight={undefined} /> },
    { name: 'not checked', render: () => <Dialog preflight="failed" /> },
    { name: 'starting', render: () => <Dialog starting="run" /> },
    {
      name: 'not started',
      render: () => (
        <Dialog
          failure={{ title: 'The workflow was not started', text: 'The workflow is disabled.' }}
        />
      ),
    },
    {
      name: 'names without spaces',
      render: () => (
        <Dialog
          name={LONG}
          schema={{ properties: { [LONG]: { type: 'string', description: LONG, default: LONG } } }}
          preflight={{
            valid: true,
            connectors: [{ ...drive, name: LONG, accountLabel: `${LONG}@example.com` }],
          }}
        />
      ),
    },
    {
      name: 'loading',
      render: () => <RunDialogLoading name="search" failure={undefined} onClose={nothing} />,
    },
    {
      name: 'not loaded',
      render: () => (
        <RunDialogLoading
          name="search"
          failure={{ title: 'The inputs could not be loaded', text: 'Try again later.' }}
          onClose={nothing}
        />
      ),
    },
  ],
};
