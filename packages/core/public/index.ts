// These files of application/ are imported singly: its index loads EUI, which tests in Node do not
// need.
export { type AppLink, useAppLink } from './application/use_app_link.ts';
export { type LeaveGuardOptions, useLeaveGuard } from './application/use_leave_guard.ts';
export {
  changeFailure,
  createFailureTexts,
  type FailureTexts,
  requestFailures,
  requestFailureText,
} from './feedback/request_failure_text.ts';
export {
  type CallArguments,
  type CallOptions,
  type Fetch,
  type FetchResponse,
  HttpClient,
  type HttpClientOptions,
  type HttpResponse,
  PROVIDER_TIMEOUT_MS,
  type ResponseBody,
} from './http_client.ts';
export {
  HttpClientError,
  type HttpClientErrorCode,
  hasErrorCode,
  isStaleVersion,
} from './http_client_error.ts';
export { defineMessages } from './i18n/define_messages.ts';
export { isRefetch } from './is_refetch.ts';
export { randomId } from './random_id.ts';
export { type LanguageOption, useLanguageOptions } from './settings/use_language_options.ts';
export { openTabChannel, type TabChannel } from './tab_channel.ts';
export type {
  AccountProvider,
  AppDefinition,
  BrowserPlugin,
  Clock,
  Confirmation,
  CoreSetup,
  CoreStart,
  Destination,
  Failure,
  HeaderItem,
  LeaveGuard,
  Toast,
  UserSettings,
} from './types.ts';
export { CoreContext, useCore } from './use_core.ts';
