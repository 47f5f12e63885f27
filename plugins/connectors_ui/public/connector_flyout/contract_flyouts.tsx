import { type ReactElement, useState } from 'react';
import { type CreatedConnector, CreateFlyout } from './create_flyout.tsx';
import { EditFlyout } from './edit_flyout.tsx';
import type { EditTab } from './flyout_tabs.tsx';

/** Properties of the flyout with which other plugins create a connector. */
export interface CreateConnectorProps {
  /** Connector type to create. Absent: the user chooses one. */
  readonly typeId?: string;
  readonly onClose: () => void;
  /**
   * Called once, after the connector was stored. The flyout stays until its owner removes it. With
   * `isConnecting`, the user is connecting their account in a window.
   */
  readonly onSaved: (connector: CreatedConnector) => void;
}

/** Flyout that creates a connector. It keeps the chosen type itself, for owners without a page. */
export function CreateConnector(props: CreateConnectorProps): ReactElement {
  const [typeId, chooseType] = useState(props.typeId);
  return (
    <CreateFlyout
      typeId={typeId}
      onChooseType={chooseType}
      onCreated={props.onSaved}
      onClose={props.onClose}
    />
  );
}

/** Properties of the flyout with which other plugins edit a connector. */
export interface EditConnectorProps {
  readonly connectorId: string;
  /** Tab that is shown first. Default: the first tab that the user may open. */
  readonly tab?: EditTab;
  readonly onClose: () => void;
  /** Called after each save. The flyout stays open. */
  readonly onSaved: (connector: { readonly id: string; readonly name: string }) => void;
}

/** Flyout that edits a connector. It keeps the open tab itself, for owners without a page. */
export function EditConnector(props: EditConnectorProps): ReactElement {
  const { connectorId, onClose, onSaved } = props;
  const [tab, openTab] = useState<EditTab>(props.tab ?? 'configuration');
  return (
    <EditFlyout
      connectorId={connectorId}
      tab={tab}
      onTab={openTab}
      onClose={onClose}
      onSaved={onSaved}
    />
  );
}
