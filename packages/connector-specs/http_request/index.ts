export {
  enteredUrlProblem,
  factInHost,
  hasGrantHost,
  resolveEnteredUrl,
} from './entered_url.ts';
export {
  acceptsIdempotencyKey,
  idempotencyHeader,
  idempotencyHeaderOf,
} from './idempotency_header.ts';
export { baseUrl } from './resolve_target.ts';
export {
  type RequestInput,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from './send_request.ts';
export { statusErrorOf } from './status_error.ts';
export { REQUEST_TRANSLATIONS } from './translations.ts';
