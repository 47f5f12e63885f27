export { baseUrl } from './base_url.ts';
export {
  type RequestInput,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from './send_request.ts';
