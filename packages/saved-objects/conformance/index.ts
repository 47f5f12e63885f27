export { describeStoreConformance } from './describe_store_conformance.ts';
export type { StoreUnderTest } from './store_under_test.ts';
