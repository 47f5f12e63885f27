import { describe, jest } from '@jest/globals';
import { describeStoreConformance } from '../../conformance/index.ts';
import { itMigratesWithProcesses } from '../../migrations/process_behaviour.mock.ts';
import { itConnects } from './testing/connection_behaviour.ts';
import { itMaintainsIndices } from './testing/indexing_behaviour.ts';
import { itSurvivesLostResponses } from './testing/lost_response_behaviour.ts';
import { onElasticsearch } from './testing/on_elasticsearch.ts';
import { itReportsOutages } from './testing/outage_behaviour.ts';
import { itServesRepositories } from './testing/repository_behaviour.ts';
import { anIndexPrefix, createEmptyStore, deleteIndices } from './testing/store_for_tests.ts';

jest.setTimeout(300_000);

// All tests are in one file and share one node, because its start takes longer than most tests.
await onElasticsearch('Elasticsearch on one node', { nodes: 1 }, (cluster) => {
  describeStoreConformance('Elasticsearch', () => createEmptyStore(cluster.hosts));
  describe('lost responses', () => itSurvivesLostResponses(cluster.hosts));
  describe('outages', () => itReportsOutages(cluster));
  describe('indices', () => itMaintainsIndices(cluster.hosts));
  describe('connections', () => itConnects(cluster.hosts));
  describe('repositories', () => itServesRepositories(cluster.hosts));
  describe('model versions in several processes', () => {
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
