export { StatusBadge, type StatusBadgeProps } from './status_badge.tsx';
export { StatusDetails } from './status_details.tsx';
export { useAccountDecision } from './use_account_decision.ts';
export { type TestResult, useConnectionTest } from './use_connection_test.ts';
export { useConnectorUses, useUsesOfConnectors } from './use_connector_uses.ts';
export { useDisconnectDialog } from './use_disconnect_dialog.ts';
export { useSettingsLink } from './use_settings_link.ts';
export { useUnavailability } from './use_unavailability.ts';
