import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EsError, type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';

/**
 * Environment variables in which workers find the URL of the node, or the reason why there is no
 * node.
 */
const URL_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_URL';
const MISSING_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_MISSING';
/**
 * Variable that a developer sets to `sqlite` while working on a test, to save the time for starting
 * a node.
 */
const STORES_VARIABLE = 'LATCHKEY_E2E_STORES';
const HEAP_MB = 512;
/** Environment variable with the folder for snapshots. */
const SNAPSHOTS_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_SNAPSHOTS';

/**
 * The Elasticsearch node of this test run, or the reason why there is none. `chosen`: the developer
 * requested only the embedded store.
 */
export type ElasticsearchOfTheRun =
  | { readonly url: string }
  | { readonly missing: string; readonly chosen: boolean };

let cluster: RunningElasticsearch | undefined;
let snapshots: string | undefined;

/**
 * Starts one node for all test files. When the machine lacks something that is required, the reason
 * is recorded, and each test that needs the node reports it.
 */
export async function startElasticsearchOfTheRun(): Promise<void> {
  if (!isElasticsearchWanted() || process.env[URL_VARIABLE] !== undefined) return;
  snapshots = await mkdtemp(join(tmpdir(), 'latchkey-e2e-snapshots-'));
  try {
    cluster = await startElasticsearch({
      heapMb: HEAP_MB,
      settings: { 'path.repo': snapshots },
      report: (line) => process.stderr.write(`${line}\n`),
    });
    process.env[URL_VARIABLE] = cluster.hosts[0];
    process.env[SNAPSHOTS_VARIABLE] = snapshots;
  } catch (error) {
    if (!(error instanceof EsError) || !error.isMissingPrerequisite) throw error;
    process.env[MISSING_VARIABLE] = error.message;
  }
}

/**
 * Returns `true` if this test run uses Elasticsearch. `false`: the developer requested only the
 * embedded store.
 */
export function isElasticsearchWanted(): boolean {
  return process.env[STORES_VARIABLE] !== 'sqlite';
}

/** Stops the node of this run. */
export async function stopElasticsearchOfTheRun(): Promise<void> {
  await cluster?.stop();
  if (snapshots !== undefined) await rm(snapshots, { recursive: true, force: true });
}

/**
 * Returns the snapshot folder of {@link startElasticsearchOfTheRun}; the empty string when there is
 * none.
 */
export function snapshotFolder(): string {
  return process.env[SNAPSHOTS_VARIABLE] ?? '';
}

/**
 * Returns the Elasticsearch node of this test run. Test files run in separate processes, so they
 * read it from environment variables.
 */
export function elasticsearchOfTheRun(): ElasticsearchOfTheRun {
  const url = process.env[URL_VARIABLE];
  if (url !== undefined) return { url };
  const missing = process.env[MISSING_VARIABLE];
  return missing === undefined
    ? { missing: `${STORES_VARIABLE}=sqlite`, chosen: true }
    : { missing, chosen: false };
}
