import { type ReactElement, useState } from 'react';
import { RunDialog } from '../run_dialog/index.ts';
import type { Workflow } from '../workflow_data/index.ts';

/** Runs of the workflow in the editor, and tests of its steps. */
export interface EditorRuns {
  /** Opens the dialog that runs the workflow. `undefined`: it cannot be run. */
  readonly onRun: (() => void) | undefined;
  /** Opens the dialog that tests one step of the text. `undefined`: no step can be tested. */
  readonly onTest: ((stepId: string) => void) | undefined;
  /** The open dialogs. */
  readonly dialogs: ReactElement;
}

/**
 * Opens the dialogs that run the workflow or one of its steps. They use the text of the editor if
 * it differs from the stored workflow.
 * @param options.canTest `true`: the text has no errors, and the user may execute workflows
 */
export function useEditorRuns(options: {
  readonly workflow: Workflow | undefined;
  readonly title: string;
  readonly text: string;
  readonly hasChanges: boolean;
  readonly canTest: boolean;
}): EditorRuns {
  const { workflow, title, text, hasChanges, canTest } = options;
  const [isRunning, setRunning] = useState(false);
  const [testedStep, testStep] = useState<string>();
  // The text can be tested even if the stored workflow is disabled.
  const canRun = canTest && (hasChanges || workflow?.enabled !== false);
  return {
    onRun: canRun ? () => setRunning(true) : undefined,
    onTest: canTest ? testStep : undefined,
    dialogs: (
      <>
        {isRunning ? (
          <RunDialog
            name={title}
            source={
              workflow === undefined || hasChanges
                ? { kind: 'yaml', yaml: text }
                : { kind: 'stored', workflowId: workflow.id }
            }
            onClose={() => setRunning(false)}
          />
        ) : null}
        {testedStep === undefined ? null : (
          <RunDialog
            name={testedStep}
            source={{ kind: 'step', yaml: text, stepId: testedStep }}
            onClose={() => testStep(undefined)}
          />
        )}
      </>
    ),
  };
}
