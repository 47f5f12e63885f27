import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EsError, type RunningElasticsearch, startElasticsearch } from '../../scripts/es/index.ts';

/** Where workers find what {@link startElasticsearchOfTheRun} started, or why there is none. */
const URL_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_URL';
const MISSING_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_MISSING';
/** Set to `sqlite` while working on a test: saves the start of a node. */
const STORES_VARIABLE = 'LATCHKEY_E2E_STORES';
const HEAP_MB = 512;
/** Where the node may keep snapshots. */
const SNAPSHOTS_VARIABLE = 'LATCHKEY_E2E_ELASTICSEARCH_SNAPSHOTS';

/** What a test file knows of the node of this run. `chosen`: somebody asked for the embedded store only. */
export type ElasticsearchOfTheRun =
  | { readonly url: string }
  | { readonly missing: string; readonly chosen: boolean };

let cluster: RunningElasticsearch | undefined;
let snapshots: string | undefined;

/** Starts one node for all files. A machine that lacks what it takes is noted, so that each test that needs the node can say so. */
export async function startElasticsearchOfTheRun(): Promise<void> {
  if (process.env[STORES_VARIABLE] === 'sqlite' || process.env[URL_VARIABLE] !== undefined) return;
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

/** Ends what the run started. */
export async function stopElasticsearchOfTheRun(): Promise<void> {
  await cluster?.stop();
  if (snapshots !== undefined) await rm(snapshots, { recursive: true, force: true });
}

/** The folder of {@link startElasticsearchOfTheRun} for snapshots. */
export function snapshotFolder(): string {
  return process.env[SNAPSHOTS_VARIABLE] ?? '';
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
