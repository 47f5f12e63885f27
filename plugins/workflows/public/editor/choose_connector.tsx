import { useCore } from '@latchkey/core/public';
import { isActionEnabled } from '@latchkey/workflow-language';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useServices } from '../services.ts';
import { type WorkflowConnectors, workflowKeys } from '../workflow_data/index.ts';
import { ConnectorPicker } from './connector_picker.tsx';
import type { ListedStep } from './step_connection.ts';

/** Lets the user choose the connector of a step, or create one. */
export function ChooseConnector(props: {
  readonly step: ListedStep;
  /** Connector types of the server. `undefined`: they could not be loaded. */
  readonly types: WorkflowConnectors | undefined;
  readonly onChoose: (connectorId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { step, types, onChoose, onClose } = props;
  const { application } = useCore();
  const { CreateFlyout } = useServices().connectorsUi;
  const queryClient = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const { connectorTypeId: typeId = '', name = '', action } = step.place;
  const type = types?.connectorTypes[typeId];
  if (isCreating)
    return (
      <CreateFlyout
        typeId={typeId}
        onClose={onClose}
        onSaved={({ id }) => {
          void queryClient.invalidateQueries({ queryKey: workflowKeys.connectors() });
          onChoose(id);
        }}
      />
    );
  return (
    <ConnectorPicker
      stepName={name}
      typeName={type?.displayName ?? typeId}
      connectors={(type?.instances ?? [])
        .filter((connector) => isActionEnabled(connector, action))
        .map(({ id, name: connectorName }) => ({
          id,
          name: connectorName,
          connectorTypeId: typeId,
        }))}
      onChoose={onChoose}
      onCreate={application.can('actions:create') ? () => setCreating(true) : undefined}
      onClose={onClose}
    />
  );
}
