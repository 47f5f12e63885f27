export { AccountDecision } from './account_decision.tsx';
export { AttemptNotice, type AttemptNoticeProps } from './attempt_notice.tsx';
export { AuthorizeButton, type AuthorizeButtonProps } from './authorize_button.tsx';
export {
  DisconnectDialog,
  type DisconnectDialogProps,
  disconnectedTitle,
  disconnectFailure,
  needsUser,
  revocationText,
} from './disconnect_dialog.tsx';
export { UseNames, UsesUnread } from './use_names.tsx';
