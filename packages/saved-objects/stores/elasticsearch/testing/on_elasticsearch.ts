import { afterAll, describe, it } from 'vitest';
import type { StartClusterOptions, TestCluster } from './test_cluster.ts';

/**
 * Starts a cluster, registers tests on it and stops it after them. Without Java, or when
 * Elasticsearch cannot be downloaded, the tests are skipped with a message; with `CI=true` they
 * fail.
 */
export async function onElasticsearch(
  title: string,
  options: StartClusterOptions,
  define: (cluster: TestCluster) => void,
): Promise<void> {
  const cluster = await start(options);
  describe(title, () => {
    if (cluster instanceof Error) {
      itIsMissing(cluster);
      return;
    }
    afterAll(() => cluster.stop());
    define(cluster);
  });
}

async function start(options: StartClusterOptions): Promise<TestCluster | Error> {
  try {
    return await globalThis.startElasticsearch({
      report: (line) => process.stderr.write(`${line}\n`),
      ...options,
    });
  } catch (error) {
    if (error instanceof Error && 'isMissingPrerequisite' in error && error.isMissingPrerequisite)
      return error;
    throw error;
  }
}

function itIsMissing(reason: Error): void {
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
