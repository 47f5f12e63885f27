import { EuiSkeletonText } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, type ReactNode, Suspense, useRef, useState } from 'react';
import { TemplatePicker, templatesOf } from '../templates/index.ts';
import { CodeEditor, type CodeEditorHandle } from './code/index.ts';
import { ConnectorPicker, type ConnectorPickerProps } from './connector_picker.tsx';
import { EditorView, type EditorViewProps } from './editor_view.tsx';
import { listSteps } from './step_connection.ts';
import { toLanguageData } from './text/index.ts';
import { analyze } from './use_analysis.ts';
import { placeholdersOf } from './use_text_checks.ts';
import { WorkflowPicker, type WorkflowPickerProps } from './workflow_picker.tsx';

const nothing = (): void => undefined;
const LONG = 'engineering_documents_'.repeat(9);

const TYPES = {
  '.google_drive': {
    actionTypeId: '.google_drive',
    displayName: 'Google Drive',
    enabled: true,
    enabledInConfig: true,
    enabledInLicense: true,
    minimumLicenseRequired: 'basic',
    subActions: [
      {
        name: 'searchFiles',
        displayName: 'Search files',
        description: 'Searches files.',
        scope: 'read' as const,
        input: {
          type: 'object',
          properties: { query: { type: 'string' } },
          required: ['query'],
        },
      },
    ],
    instances: [{ id: 'team', name: 'Team Drive', isPreconfigured: false, isDeprecated: false }],
  },
};
const LANGUAGE = toLanguageData({ connectorTypes: TYPES, totalConnectors: 1 });

const TEXT = `# Searches files as the user who runs it.
name: search
description: Search for files in Google Drive
triggers:
  - type: manual
inputs:
  - { name: query, type: string }
steps:
  - name: search_files
    type: google_drive.searchFiles
    connector-id: <ENTER YOUR CONNECTOR ID HERE!>
    with:
      query: "\${{ inputs.query }}"
  - name: decide
    type: if
    condition: "\${{ steps.search_files.output.files | size }} > 0"
    steps:
      - name: note
        type: consol
        with: { message: found }
`;
const VALID = TEXT.replace('<ENTER YOUR CONNECTOR ID HERE!>', 'team')
  .replace('consol\n', 'console\n')
  .replace(/condition: .*/, 'condition: true');

interface Shown extends Partial<EditorViewProps> {
  readonly text?: string;
  readonly connection?: ReactNode;
}

function View({ text = TEXT, connection = null, ...changes }: Shown): ReactElement {
  const handle = useRef<CodeEditorHandle | undefined>(undefined);
  const [{ diagnostics, isTruncated, steps }] = useState(() => analyze(text, LANGUAGE));
  const preflight = {
    runsAs: 'ana',
    userMayRun: true,
    valid: true,
    connectors: [
      {
        steps: [{ stepId: 'search_files', line: 11 }],
        reference: 'team',
        state: 'found' as const,
        connectorTypeId: '.google_drive',
        id: 'team',
        name: 'Team Drive',
        personal: changes.isReadOnly !== true,
      },
    ],
  };
  const listed = listSteps(steps, { problems: diagnostics, preflight });
  return (
    <EditorView
      title="search"
      hasChanges
      isDisabled={false}
      isReadOnly={false}
      onSave={nothing}
      isSaving={false}
      failure={undefined}
      conflict={undefined}
      onSaveCopy={undefined}
      onRun={nothing}
      runsPath="/app/workflows/executions?workflow=search"
      onTakeOver={nothing}
      scheduled={{ now: undefined, afterSaving: undefined, isRefused: false, notConnected: [] }}
      hintId="hint"
      code={
        <Suspense fallback={<EuiSkeletonText lines={8} />}>
          <CodeEditor
            initialText={text}
            isReadOnly={changes.isReadOnly === true}
            hintId="hint"
            problems={diagnostics}
            placeholders={placeholdersOf(listed)}
            language={LANGUAGE}
            handle={handle}
            onChange={nothing}
            onChoose={nothing}
          />
        </Suspense>
      }
      problems={{ problems: diagnostics, isTruncated, onOpen: nothing, onFix: nothing }}
      steps={{
        steps: listed,
        onOpen: nothing,
        onChoose: nothing,
        onTest: nothing,
        renderConnection: () => connection,
      }}
      {...changes}
    />
  );
}

const picker = (changes: Partial<ConnectorPickerProps> = {}) => (
  <ConnectorPicker
    stepName="search_files"
    typeName="Google Drive"
    connectors={LANGUAGE.connectors}
    onChoose={nothing}
    onCreate={nothing}
    onClose={nothing}
    {...changes}
  />
);

const STARTS = `name: all
triggers: [{ type: manual }]
steps:
  - name: cleanup
    type: workflow.execute
    with:
      workflow-id: <ENTER YOUR WORKFLOW ID>
`;

const workflowPicker = (changes: Partial<WorkflowPickerProps> = {}) => (
  <WorkflowPicker
    stepName="cleanup"
    search=""
    onSearch={nothing}
    workflows={[
      { id: 'archive', name: 'Archive old files' },
      { id: 'long', name: LONG },
    ]}
    hasMore={false}
    failure={undefined}
    onChoose={nothing}
    onClose={nothing}
    {...changes}
  />
);

const REFUSED = { now: 'ben', afterSaving: undefined, isRefused: true, notConnected: [] };

/** States of the editor, and of the choice with which a new workflow starts. */
export const stories: StoryGroup = {
  title: 'Workflow editor',
  stories: [
    { name: 'placeholder and problems', render: () => <View /> },
    { name: 'saved without problems', render: () => <View text={VALID} hasChanges={false} /> },
    {
      name: 'read only',
      render: () => (
        <View text={VALID} hasChanges={false} isReadOnly onSave={undefined} onRun={undefined} />
      ),
    },
    {
      name: 'schedule that acts as the user after saving',
      render: () => (
        <View
          text={VALID}
          scheduled={{ now: undefined, afterSaving: 'ana', isRefused: false, notConnected: [] }}
        />
      ),
    },
    {
      name: 'schedule that acts as another user until saving',
      render: () => (
        <View
          text={VALID}
          scheduled={{ now: LONG, afterSaving: 'ana', isRefused: false, notConnected: [] }}
        />
      ),
    },
    {
      name: 'schedule whose user is not connected',
      render: () => (
        <View
          text={VALID}
          hasChanges={false}
          scheduled={{
            ...{ now: 'ben', afterSaving: undefined, isRefused: false },
            notConnected: ['Team Drive', 'Jira'],
          }}
        />
      ),
    },
    {
      name: 'schedule whose user was disabled',
      render: () => <View text={VALID} hasChanges={false} scheduled={REFUSED} />,
    },
    {
      name: 'schedule whose user was disabled, read only',
      render: () => (
        <View
          {...{ text: VALID, hasChanges: false, isReadOnly: true, scheduled: REFUSED }}
          {...{ onSave: undefined, onRun: undefined, onTakeOver: undefined }}
        />
      ),
    },
    { name: 'no steps', render: () => <View text={'name: empty\n'} runsPath={undefined} /> },
    { name: 'no YAML', render: () => <View text={'name: "open\nsteps: [\n'} /> },
    { name: 'saving', render: () => <View isSaving /> },
    {
      name: 'not saved',
      render: () => (
        <View
          failure={{
            title: 'The workflow was not saved',
            text: 'The server is busy or restarting. Try again in a moment.',
          }}
        />
      ),
    },
    {
      name: 'conflict with another save',
      render: () => <View conflict={{ onOverwrite: nothing, onLoad: nothing }} />,
    },
    {
      name: 'deleted by another user',
      render: () => (
        <View
          onSaveCopy={nothing}
          failure={{
            title: 'The workflow was not saved',
            text: 'This workflow no longer exists. Another user may have deleted it.',
          }}
        />
      ),
    },
    { name: 'long names', render: () => <View title={LONG} text={`name: ${LONG}\n`} isDisabled /> },
    { name: 'choose a connector', render: () => picker() },
    {
      name: 'choose a connector with a long name',
      render: () =>
        picker({
          typeName: LONG,
          connectors: [{ id: 'a', name: LONG, connectorTypeId: '.google_drive' }],
        }),
    },
    { name: 'no connector to choose', render: () => picker({ connectors: [] }) },
    {
      name: 'no connector to choose or create',
      render: () => picker({ connectors: [], onCreate: undefined }),
    },
    { name: 'placeholder of a workflow', render: () => <View text={STARTS} /> },
    { name: 'choose a workflow', render: () => workflowPicker() },
    { name: 'choose one of many workflows', render: () => workflowPicker({ hasMore: true }) },
    {
      name: 'no workflow to choose',
      render: () => workflowPicker({ search: 'zzz', workflows: [] }),
    },
    {
      name: 'workflows that cannot be loaded',
      render: () =>
        workflowPicker({ workflows: undefined, failure: 'The server cannot be reached.' }),
    },
    {
      name: 'templates',
      render: () => <TemplatePicker templates={templatesOf(TYPES)} onChoose={nothing} />,
    },
  ],
};
