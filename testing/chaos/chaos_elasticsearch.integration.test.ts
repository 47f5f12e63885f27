import { EsError, type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';
import { itIsMissing } from '@latchkey/test-environment/stores';
import { afterAll, describe } from 'vitest';
import { itHoldsBetweenServers, itHoldsTheInvariants } from './chaos_on_store.ts';

const elasticsearch = await startNode();

describe('refreshes and revocations under chaos on Elasticsearch', () => {
  if (elasticsearch instanceof EsError) {
    itIsMissing(`NOT TESTED on Elasticsearch: ${elasticsearch.message}`);
    return;
  }
  afterAll(() => elasticsearch.stop());
  const where = {
    store: 'elasticsearch',
    elasticsearch: { nodes: 1, urls: elasticsearch.hosts },
  } as const;
  itHoldsTheInvariants(where, [13]);
  itHoldsBetweenServers(where, 16);
});

async function startNode(): Promise<RunningElasticsearch | EsError> {
  try {
    return await startElasticsearch({ report: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (error instanceof EsError && error.isMissingPrerequisite) return error;
    throw error;
  }
}
