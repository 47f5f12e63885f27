import type { ReactElement } from 'react';
import type { WorkflowConnectors } from '../workflow_data/index.ts';
import { ChooseConnector } from './choose_connector.tsx';
import { ChooseWorkflow } from './choose_workflow.tsx';
import type { ListedStep } from './step_connection.ts';

/** Lets the user choose the connector of a step, or the workflow that it starts. */
export function ChooseForStep(props: {
  readonly step: ListedStep;
  /** `undefined`: could not be loaded. */
  readonly types: WorkflowConnectors | undefined;
  /** Id of the workflow in the editor. `undefined`: not saved yet. */
  readonly ownId: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  return props.step.place.connectorTypeId === undefined ? (
    <ChooseWorkflow {...props} />
  ) : (
    <ChooseConnector {...props} />
  );
}
