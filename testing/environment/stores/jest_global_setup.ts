import { compileServer } from '../server_process.ts';
import { isElasticsearchWanted, startElasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';

/** While Elasticsearch starts, there is time to compile. A failure shows in the tests. */
async function prepareRun(): Promise<void> {
  const compiled = isElasticsearchWanted() ? compileServer().catch(() => undefined) : undefined;
  await Promise.all([startElasticsearchOfTheRun(), compiled]);
}

// biome-ignore lint/style/noDefaultExport: Jest calls the default export, once before the first file.
export default prepareRun;
