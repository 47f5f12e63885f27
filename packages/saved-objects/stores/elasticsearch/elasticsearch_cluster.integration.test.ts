import { vi } from 'vitest';
import { describeStoreConformance } from '../../conformance/index.ts';
import { itSurvivesALostMaster, itWaitsForAMaster } from './testing/lost_node_behaviour.ts';
import { onElasticsearch } from './testing/on_elasticsearch.ts';
import { createEmptyStore } from './testing/store_for_tests.ts';

// This limit is long, because a test may have to start two nodes first, and elections take long on
// a busy machine.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

await onElasticsearch('Elasticsearch on three nodes', { nodes: 3, heapMb: 384 }, (cluster) => {
  itSurvivesALostMaster(cluster);
  // The store gets all three hosts, but one of the nodes is stopped from here on.
  describeStoreConformance('Elasticsearch, one of three nodes killed', () =>
    createEmptyStore(cluster.hosts),
  );
  itWaitsForAMaster(cluster);
});
