export {
  type CallArguments,
  type CallOptions,
  type Fetch,
  type FetchResponse,
  HttpClient,
  type HttpClientOptions,
  type HttpResponse,
  type ResponseBody,
} from './http_client.ts';
export { HttpClientError, type HttpClientErrorCode } from './http_client_error.ts';
export type {
  AppDefinition,
  BrowserPlugin,
  Clock,
  Confirmation,
  CoreSetup,
  CoreStart,
  HeaderItem,
  Toast,
} from './types.ts';
export { CoreContext, useCore } from './use_core.ts';
