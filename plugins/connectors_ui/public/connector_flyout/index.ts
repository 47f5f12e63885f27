export {
  CreateConnector,
  type CreateConnectorProps,
  EditConnector,
  type EditConnectorProps,
} from './contract_flyouts.tsx';
export {
  type CreatedConnector,
  CreateFlyout,
  type CreateFlyoutProps,
  CreateNotAllowed,
} from './create_flyout.tsx';
export { EditFlyout, type EditFlyoutProps } from './edit_flyout.tsx';
export type { EditTab } from './flyout_tabs.tsx';
