import { EsError, type RunningElasticsearch, startElasticsearch } from '../../scripts/es/index.ts';

/** Where workers find what {@link startElasticsearchOfTheRun} started, or why there is none. */
const URL_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_URL';
const MISSING_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_MISSING';
/** Set to `sqlite` while working on a test: saves the start of a node. */
const STORES_VARIABLE = 'LATCHKEY_E2E_STORES';
const HEAP_MB = 512;

/** What a test file knows of the node of this run. `chosen`: somebody asked for the embedded store only. */
export type ElasticsearchOfTheRun =
  | { readonly url: string }
  | { readonly missing: string; readonly chosen: boolean };

let cluster: RunningElasticsearch | undefined;

/** Starts one node for all files. A machine that lacks what it takes is noted, so that each test that needs the node can say so. */
export async function startElasticsearchOfTheRun(): Promise<void> {
  if (process.env[STORES_VARIABLE] === 'sqlite' || process.env[URL_VARIABLE] !== undefined) return;
  try {
    cluster = await startElasticsearch({
      heapMb: HEAP_MB,
      report: (line) => process.stderr.write(`${line}\n`),
    });
    process.env[URL_VARIABLE] = cluster.hosts[0];
  } catch (error) {
    if (!(error instanceof EsError) || !error.isMissingPrerequisite) throw error;
    process.env[MISSING_VARIABLE] = error.message;
  }
}

/** Ends what the run started. */
export async function stopElasticsearchOfTheRun(): Promise<void> {
  await cluster?.stop();
}

/** For test files: they run in processes of their own, or at least in contexts of their own. */
export function elasticsearchOfTheRun(): ElasticsearchOfTheRun {
  const url = process.env[URL_VARIABLE];
  if (url !== undefined) return { url };
  const missing = process.env[MISSING_VARIABLE];
  return missing === undefined
    ? { missing: `${STORES_VARIABLE}=sqlite`, chosen: true }
    : { missing, chosen: false };
}
