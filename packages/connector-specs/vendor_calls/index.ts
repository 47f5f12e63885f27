export { mapConcurrently } from './map_concurrently.ts';
export { bytesOf, retryAfterMsOf, toVendorError } from './vendor_error.ts';
