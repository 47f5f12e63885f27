import { describe, vi } from 'vitest';
import { describeStoreConformance } from '../../conformance/index.ts';
import { itMigratesWithProcesses } from '../../migrations/process_behaviour.mock.ts';
import { itConnects } from './testing/connection_behaviour.ts';
import { itMaintainsIndices } from './testing/indexing_behaviour.ts';
import { itSurvivesLostResponses } from './testing/lost_response_behaviour.ts';
import { onElasticsearch } from './testing/on_elasticsearch.ts';
import { itReportsOutages } from './testing/outage_behaviour.ts';
import { itServesRepositories } from './testing/repository_behaviour.ts';
import { anIndexPrefix, createEmptyStore, deleteIndices } from './testing/store_for_tests.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// All tests are in one file and share one node, because its start takes longer than most tests.
await onElasticsearch('Elasticsearch on one node', { nodes: 1 }, (cluster) => {
  describeStoreConformance('Elasticsearch', () => createEmptyStore(cluster.hosts));
  describe('the store, with lost responses,', () => itSurvivesLostResponses(cluster.hosts));
  describe('the store, in outages,', () => itReportsOutages(cluster));
  describe('the store, with its indices,', () => itMaintainsIndices(cluster.hosts));
  describe('the store, with its connections,', () => itConnects(cluster.hosts));
  describe('a repository', () => itServesRepositories(cluster.hosts));
  describe('migration by several processes', () => {
    itMigratesWithProcesses(async () => {
      const { hosts } = cluster;
      const indexPrefix = anIndexPrefix();
      return {
        location: { hosts, indexPrefix },
        cleanup: () => deleteIndices(hosts, indexPrefix),
      };
    });
  });
});
