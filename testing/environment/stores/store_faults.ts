import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { aFreePort } from '@latchkey/elasticsearch';
import { TestProxy } from '@latchkey/test-proxy';
import { blockIndices } from '../ask_node.ts';
import { type ServerProcess, stopAtTheEnd } from '../server_process.ts';

const exec = promisify(execFile);

/** The parts of an installation that are needed to make its store fail. */
interface Affected {
  readonly servers: readonly ServerProcess[];
  readonly dataPath: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One way in which a store refuses writes; reads continue. */
export interface WriteRefusal {
  /** Condition for test titles, as the end of "when the store …". */
  readonly when: string;
  /** Pattern of the advice that `GET /api/status` gives to an operator during the fault. */
  readonly advice: RegExp;
  /**
   * Makes the store refuse writes.
   * @returns a function that ends the refusal
   */
  refuse(environment: Affected): Promise<() => Promise<void>>;
}

/** A way to separate one process from the store while the other processes can still use it. */
export interface Separation {
  /** Settings with which the process that will be separated must be started. */
  readonly settings: Readonly<Record<string, unknown>>;
  cut(server: ServerProcess): Promise<void>;
  restore(server: ServerProcess): Promise<void>;
}

/**
 * Simulates a full disk for a process: it can neither extend nor write files. Its output goes to a
 * pipe, which is not affected.
 */
async function limitFiles(server: ServerProcess, bytes: '1' | 'unlimited'): Promise<void> {
  await exec('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);
}

const diskIsFull: WriteRefusal = {
  when: 'has no disk space left',
  advice: /disk/,
  refuse: async ({ servers }) => {
    await Promise.all(servers.map((server) => limitFiles(server, '1')));
    return async () => {
      await Promise.all(servers.map((server) => limitFiles(server, 'unlimited')));
    };
  },
};

const fileIsLocked: WriteRefusal = {
  when: 'is locked by another process',
  advice: /locked by another process/,
  refuse: async ({ dataPath }) => {
    const db = new DatabaseSync(join(dataPath, 'latchkey.sqlite'), { timeout: 5_000 });
    db.exec('BEGIN IMMEDIATE');
    return async () => {
      db.exec('ROLLBACK');
      db.close();
    };
  },
};

/** Ways in which a SQLite file refuses writes. */
export const sqliteRefusals: readonly WriteRefusal[] = [diskIsFull, fileIsLocked];

/** Ways in which the indices of an installation refuse writes. */
export const elasticsearchRefusals = (url: string): readonly WriteRefusal[] => [
  {
    when: 'was made read-only for lack of disk space',
    advice: /free disk space/,
    refuse: async ({ settings }) => {
      const prefix = String(settings['elasticsearch.indexPrefix']);
      await blockIndices(url, prefix, 'read_only_allow_delete');
      return () => blockIndices(url, prefix, 'none');
    },
  },
];

/**
 * Makes writes of the separated process fail, as on a disk that is full only for the user of that
 * process.
 */
export async function separateFromSqlite(): Promise<Separation> {
  return {
    settings: {},
    cut: (server) => limitFiles(server, '1'),
    restore: (server) => limitFiles(server, 'unlimited'),
  };
}

/** Makes the node unreachable for the separated process, as behind a broken network. */
export async function separateFromElasticsearch(url: string): Promise<Separation> {
  const proxy = await TestProxy.start({ target: url, port: await aFreePort(), records: false });
  stopAtTheEnd(() => proxy.stop());
  return {
    settings: { 'elasticsearch.hosts': [proxy.origin] },
    cut: () => proxy.down(),
    restore: () => proxy.up(),
  };
}
