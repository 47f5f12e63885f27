import { EuiSkeletonText, useGeneratedHtmlId } from '@elastic/eui';
import { useCore, useLeaveGuard } from '@latchkey/core/public';
import { loadedSection } from '@latchkey/core/public/loaded_part';
import { type ReactElement, useCallback, useRef, useState } from 'react';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { runPaths } from '../run_data/index.ts';
import type { Workflow } from '../workflow_data/index.ts';
import { ChooseForStep } from './choose_for_step.tsx';
import type { CodeEditorHandle } from './code/index.ts';
import { EditorView } from './editor_view.tsx';
import { StepAccount } from './step_account.tsx';
import { type CheckedConnector, chosenRange, type ListedStep } from './step_connection.ts';
import type { Problem } from './text/index.ts';
import { connectorChange, withLineFeeds } from './text/index.ts';
import { useEditorRuns } from './use_editor_runs.tsx';
import { useSave } from './use_save.ts';
import { useSaveKey } from './use_save_key.ts';
import { useScheduledIdentity } from './use_scheduled_identity.ts';
import { useTextChecks } from './use_text_checks.ts';

const CodeEditor = loadedSection(
  async () => (await import('./code/index.ts')).CodeEditor,
  <EuiSkeletonText lines={8} />,
);

/** Properties of {@link WorkflowEditor}. */
export interface WorkflowEditorProps {
  /** Stored workflow. `undefined`: the editor creates a new workflow. */
  readonly workflow: Workflow | undefined;
  /** Text with which the editor begins. */
  readonly initialText: string;
  /** Title that is shown until the workflow has a name. */
  readonly newTitle: string;
  /** Reads the workflow again and discards the text. */
  readonly onReload: () => void;
}

const NONE: readonly never[] = [];

/** Editor of one workflow. Holds the changed text as long as the editor is open. */
export function WorkflowEditor(props: WorkflowEditorProps): ReactElement {
  const { newTitle, onReload } = props;
  const { application } = useCore();
  const [workflow, setWorkflow] = useState(props.workflow);
  const [initialText] = useState(() => withLineFeeds(props.initialText));
  const [text, setText] = useState(initialText);
  const [chosenStep, chooseStep] = useState<ListedStep>();
  const code = useRef<CodeEditorHandle | undefined>(undefined);
  const hintId = useGeneratedHtmlId();
  const checks = useTextChecks(text);
  const hasChanges = text !== withLineFeeds(workflow?.yaml ?? '');
  const isReadOnly = !application.can(
    workflow === undefined ? WORKFLOW_PRIVILEGES.create : WORKFLOW_PRIVILEGES.update,
  );
  const { save, takeOver, conflict, ...saving } = useSaveHere({
    ...{ workflow, text, hasChanges, isReadOnly, onReload, onUpdated: setWorkflow },
    isWorthKeeping: workflow === undefined ? text !== initialText : hasChanges,
  });
  useSaveKey(save);
  const { isScheduled } = checks;
  const willSave = hasChanges && !isReadOnly;
  const scheduled = useScheduledIdentity({ workflow, isScheduled, willSave });
  // The page of the new workflow opens when it is created, with the text that was sent.
  const isLocked = isReadOnly || (workflow === undefined && saving.isSaving);
  const title = workflow?.name ?? newTitle;
  const { checkAgain } = checks;
  // Memoized, so that the list of steps is rendered only when it changes, not at every key press.
  const openStep = useCallback(
    ({ place }: ListedStep) => code.current?.focusOffset(place.start),
    [],
  );
  const renderConnection = useCallback(
    (connector: CheckedConnector) => <StepAccount connector={connector} onConnected={checkAgain} />,
    [checkAgain],
  );
  const mayRun = application.can(WORKFLOW_PRIVILEGES.execute);
  const canTest = mayRun && isRunnable(checks.problems);
  const runs = useEditorRuns({ workflow, title, text, hasChanges, canTest });
  return (
    <>
      <EditorView
        title={title}
        hasChanges={hasChanges}
        isDisabled={workflow?.enabled === false}
        isReadOnly={isReadOnly}
        onSave={isReadOnly ? undefined : save}
        {...saving}
        conflict={conflict}
        onRun={runs.onRun}
        runsPath={workflow && runPaths.ofWorkflow(workflow.id)}
        scheduled={scheduled}
        onTakeOver={isReadOnly || !mayRun ? undefined : takeOver}
        hintId={hintId}
        code={
          <CodeEditor
            initialText={initialText}
            isReadOnly={isLocked}
            hintId={hintId}
            problems={checks.problems ?? NONE}
            placeholders={isLocked ? NONE : checks.placeholders}
            language={checks.language}
            handle={code}
            onChange={setText}
            onChoose={(offset) =>
              chooseStep(checks.steps?.find(({ place }) => chosenRange(place)?.end === offset))
            }
          />
        }
        problems={{
          problems: checks.problems,
          isTruncated: checks.isTruncated,
          onOpen: ({ line, column }) => code.current?.focusAt(line, column),
          onFix: isLocked ? undefined : (problem) => code.current?.fix(problem),
        }}
        steps={{
          steps: checks.steps,
          onOpen: openStep,
          onChoose: isLocked ? undefined : chooseStep,
          onTest: runs.onTest,
          renderConnection,
        }}
      />
      {chosenStep === undefined || isLocked ? null : (
        <ChooseForStep
          step={chosenStep}
          types={checks.types}
          ownId={workflow?.id}
          onChoose={(id) => {
            code.current?.replace(connectorChange(text, chosenStep.place, id));
            chooseStep(undefined);
          }}
          onClose={() => chooseStep(undefined)}
        />
      )}
      {runs.dialogs}
    </>
  );
}

const isRunnable = (problems: readonly Problem[] | undefined): boolean =>
  problems?.every(({ severity }) => severity !== 'error') === true;

/**
 * Saving for the editor: warns before the text is lost, and handles a conflict with another user's
 * save.
 */
function useSaveHere(options: {
  readonly workflow: Workflow | undefined;
  readonly text: string;
  readonly hasChanges: boolean;
  readonly isReadOnly: boolean;
  /** `true`: leaving the page would lose the text, so the user is asked first. */
  readonly isWorthKeeping: boolean;
  readonly onUpdated: (workflow: Workflow) => void;
  readonly onReload: () => void;
}) {
  const { workflow, text, hasChanges, isReadOnly, isWorthKeeping, onUpdated, onReload } = options;
  const { application } = useCore();
  const releaseGuard = useLeaveGuard(isWorthKeeping);
  const open = (id: string) => {
    releaseGuard();
    application.navigate(runPaths.workflow(id), { replace: true });
  };
  const { save, isSaving, failure, isConflict, isDeleted, createdId } = useSave(
    workflow,
    (saved) => (saved.id === workflow?.id ? onUpdated(saved) : open(saved.id)),
  );
  const saveText = (how: { readonly overwrites?: boolean; readonly isCopy?: boolean }) => {
    if (!isReadOnly && !isSaving) save({ yaml: text, overwrites: false, ...how });
  };
  return {
    save: () => {
      if (hasChanges) saveText({});
    },
    takeOver: () => saveText({}),
    isSaving,
    failure,
    conflict: isConflict
      ? {
          onOverwrite: () => saveText({ overwrites: true, isCopy: createdId !== undefined }),
          onLoad: () => (createdId === undefined ? onReload() : open(createdId)),
        }
      : undefined,
    onSaveCopy:
      isDeleted && application.can(WORKFLOW_PRIVILEGES.create)
        ? () => saveText({ isCopy: true })
        : undefined,
  };
}
