export { PermissionList } from './permission_list.tsx';
export { RelativeTime } from './relative_time.tsx';
export { StatusBadge, type StatusBadgeProps } from './status_badge.tsx';
export { StatusDetails } from './status_details.tsx';
export { type AccountDecisionState, useAccountDecision } from './use_account_decision.ts';
export { type ConnectionTest, type TestResult, useConnectionTest } from './use_connection_test.ts';
export {
  type DisconnectDialogState,
  useDisconnectDialog,
} from './use_disconnect_dialog.ts';
