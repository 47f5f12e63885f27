import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EsError, type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';

/**
 * Environment variable in which workers find the URL of the node, or the reason why there is none.
 */
const URL_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_URL';
const MISSING_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_MISSING';
/** Set to `sqlite` while working on a test, to save the start of a node. */
const STORES_VARIABLE = 'LATCHKEY_E2E_STORES';
const HEAP_MB = 512;
/** Environment variable with the folder for snapshots. */
const SNAPSHOTS_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_SNAPSHOTS';

/** The node of this run as seen by a test file. `chosen`: only the embedded store was requested. */
export type ElasticsearchOfTheRun =
  | { readonly url: string }
  | { readonly missing: string; readonly chosen: boolean };

let cluster: RunningElasticsearch | undefined;
let snapshots: string | undefined;

/**
 * Starts one node for all files. When the machine lacks a requirement, the reason is recorded, and
 * each test that needs the node reports it.
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
 * Tells if the run of the tests uses Elasticsearch. `false`: only the embedded store was requested.
 */
export function isElasticsearchWanted(): boolean {
  return process.env[STORES_VARIABLE] !== 'sqlite';
}

/** Stops the node of this run. */
export async function stopElasticsearchOfTheRun(): Promise<void> {
  await cluster?.stop();
  if (snapshots !== undefined) await rm(snapshots, { recursive: true, force: true });
}

/** Snapshot folder of {@link startElasticsearchOfTheRun}. */
export function snapshotFolder(): string {
  return process.env[SNAPSHOTS_VARIABLE] ?? '';
}

/** Returns the cluster of this test run to test files, which run in separate processes. */
export function elasticsearchOfTheRun(): ElasticsearchOfTheRun {
  const url = process.env[URL_VARIABLE];
  if (url !== undefined) return { url };
  const missing = process.env[MISSING_VARIABLE];
  return missing === undefined
    ? { missing: `${STORES_VARIABLE}=sqlite`, chosen: true }
    : { missing, chosen: false };
}
