export { bytesOf } from './bytes_of.ts';
export { mapConcurrently } from './map_concurrently.ts';
export { toVendorError } from './vendor_error.ts';
