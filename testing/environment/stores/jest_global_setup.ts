import { compileServer } from '../server_process.ts';
import { isElasticsearchWanted, startElasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';

/**
 * Starts Elasticsearch, and meanwhile compiles the server. A failure to compile is ignored here,
 * because the tests show it.
 */
async function prepareRun(): Promise<void> {
  const compiled = isElasticsearchWanted() ? compileServer().catch(() => undefined) : undefined;
  await Promise.all([startElasticsearchOfTheRun(), compiled]);
}

// biome-ignore lint/style/noDefaultExport: Jest calls the default export, once before the first file.
export default prepareRun;
