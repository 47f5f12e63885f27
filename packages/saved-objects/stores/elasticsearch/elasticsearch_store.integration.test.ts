import { jest } from '@jest/globals';
import { describeStoreConformance } from '../../conformance/index.ts';
import { onElasticsearch } from './testing/on_elasticsearch.ts';
import { createEmptyStore } from './testing/store_for_tests.ts';

jest.setTimeout(60_000);

await onElasticsearch('on one node', { nodes: 1 }, ({ hosts }) => {
  describeStoreConformance('Elasticsearch', () => createEmptyStore(hosts));
});
