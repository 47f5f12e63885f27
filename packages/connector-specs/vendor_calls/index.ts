export { mapBatches, mapConcurrently } from './map_concurrently.ts';
export { toVendorError } from './vendor_error.ts';
