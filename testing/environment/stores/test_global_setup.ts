import { compileServer } from '../server_process.ts';
import {
  isElasticsearchWanted,
  startElasticsearchOfTheRun,
  stopElasticsearchOfTheRun,
} from './elasticsearch_of_the_run.ts';

/**
 * Starts Elasticsearch, and meanwhile compiles the server. A failure to compile is ignored here,
 * because the tests show it. Vitest calls it once before the first file.
 */
export async function setup(): Promise<void> {
  const compiled = isElasticsearchWanted() ? compileServer().catch(() => undefined) : undefined;
  await Promise.all([startElasticsearchOfTheRun(), compiled]);
}

/** Stops Elasticsearch. Vitest calls it once after the last file. */
export async function teardown(): Promise<void> {
  await stopElasticsearchOfTheRun();
}
