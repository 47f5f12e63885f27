import { afterAll, describe, it } from '@jest/globals';
import {
  EsError,
  type RunningElasticsearch,
  type StartElasticsearchOptions,
  startElasticsearch,
} from '@latchkey/elasticsearch';

/**
 * Starts a cluster, registers tests on it and stops it after them. Without Java, or when
 * Elasticsearch cannot be downloaded, the tests are skipped with a message; with `CI=true` they
 * fail.
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
