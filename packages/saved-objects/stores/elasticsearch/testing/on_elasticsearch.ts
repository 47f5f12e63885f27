import { afterAll, describe, it } from '@jest/globals';
import {
  EsError,
  type RunningElasticsearch,
  type StartElasticsearchOptions,
  startElasticsearch,
} from '@latchkey/elasticsearch';

/**
 * Defines tests on a real cluster, started now and ended after them. On a machine without Java, or where Elasticsearch cannot be fetched,
 * they are skipped and it is said so; with `CI=true` they fail.
 */
export async function onElasticsearch(
  title: string,
  options: StartElasticsearchOptions,
  define: (cluster: RunningElasticsearch) => void,
): Promise<void> {
  const cluster = await start(options);
  describe(title, () => {
    if (cluster instanceof EsError) {
      itIsMissing(cluster);
      return;
    }
    afterAll(() => cluster.stop());
    define(cluster);
  });
}

async function start(options: StartElasticsearchOptions): Promise<RunningElasticsearch | EsError> {
  try {
    return await startElasticsearch({
      report: (line) => process.stderr.write(`${line}\n`),
      ...options,
    });
  } catch (error) {
    if (error instanceof EsError && error.isMissingPrerequisite) return error;
    throw error;
  }
}

function itIsMissing(reason: EsError): void {
  const title = `NOT TESTED on Elasticsearch: ${reason.message}`;
  if (process.env['CI'] === 'true') {
    it(title, () => {
      throw reason;
    });
    return;
  }
  process.stderr.write(`\n*** ${title}\n*** With CI=true this fails.\n\n`);
  it.skip(title, () => {});
}
