import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askNode, dropIndices } from '../ask_node.ts';
import { stopAtTheEnd } from '../server_process.ts';
import { snapshotFolder } from './elasticsearch_of_the_run.ts';

const REPOSITORY = 'latchkey-e2e';
const DATABASE_FILES = ['latchkey.sqlite', 'latchkey.sqlite-wal', 'latchkey.sqlite-shm'];

/**
 * The parts of an installation that a backup needs. The processes must be stopped first, as the
 * operating guide requires.
 */
export interface BackedUp {
  readonly dataPath: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A copy of the contents of a store at one moment. */
export interface Backup {
  /** Replaces the current contents of the store with the copy. Every process must be stopped. */
  restore(): Promise<void>;
}

/** Copies the database file and its side files. */
export async function backUpSqlite({ dataPath }: BackedUp): Promise<Backup> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-e2e-backup-'));
  stopAtTheEnd(() => rm(folder, { recursive: true, force: true }));
  await copyDatabase(dataPath, folder);
  return {
    restore: async () => {
      await Promise.all(DATABASE_FILES.map((file) => rm(join(dataPath, file), { force: true })));
      await copyDatabase(folder, dataPath);
    },
  };
}

/**
 * Copies the database file, and its side files if they exist: a process that stopped gracefully
 * leaves none.
 */
async function copyDatabase(from: string, to: string): Promise<void> {
  const [main = '', ...sideFiles] = DATABASE_FILES;
  await cp(join(from, main), join(to, main));
  for (const file of sideFiles) await cp(join(from, file), join(to, file)).catch(() => undefined);
}

/** Takes a snapshot of the indices of the installation. */
export async function backUpElasticsearch(url: string, { settings }: BackedUp): Promise<Backup> {
  const prefix = String(settings['elasticsearch.indexPrefix']);
  const indices = `${prefix}*`;
  const snapshot = `/_snapshot/${REPOSITORY}/${prefix}yesterday`;
  await askNode(url, 'PUT', `/_snapshot/${REPOSITORY}`, {
    type: 'fs',
    settings: { location: snapshotFolder() },
  });
  await askNode(url, 'PUT', `${snapshot}?wait_for_completion=true`, {
    indices,
    expand_wildcards: 'all',
    include_global_state: false,
  });
  return {
    restore: async () => {
      await dropIndices(url, prefix);
      await askNode(url, 'POST', `${snapshot}/_restore?wait_for_completion=true`, {
        indices,
        include_global_state: false,
      });
    },
  };
}
