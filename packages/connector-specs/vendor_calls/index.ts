export { mapConcurrently } from './map_concurrently.ts';
export { retryAfterMsOf, toVendorError } from './vendor_error.ts';
