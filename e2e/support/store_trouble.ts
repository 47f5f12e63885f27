import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { blockIndices } from './ask_node.ts';
import { type ServerProcess, stopAtTheEnd } from './start_server.ts';
import { openStoreFaultProxy } from './store_fault_proxy.ts';

const exec = promisify(execFile);

/** The parts of an installation that its store depends on. */
interface Affected {
  readonly servers: readonly ServerProcess[];
  readonly dataPath: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One way in which a store stops taking writes; reads go on. */
export interface WriteRefusal {
  /** Completes "when the store …". */
  readonly when: string;
  /** What `GET /api/status` then tells an operator to do. */
  readonly advice: RegExp;
  /** @returns what puts it right again */
  refuse(environment: Affected): Promise<() => Promise<void>>;
}

/** Takes the store away from one process while the others keep it. */
export interface Separation {
  /** The process to separate must be started with these. */
  readonly settings: Readonly<Record<string, unknown>>;
  cut(server: ServerProcess): Promise<void>;
  restore(server: ServerProcess): Promise<void>;
}

/** As a full disk shows itself: no file may grow, or be written to at all. The process' output goes to a pipe, which is no file. */
async function limitFiles(server: ServerProcess, bytes: '1' | 'unlimited'): Promise<void> {
  await exec('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);
}

const diskIsFull: WriteRefusal = {
  when: 'has no disk left to write to',
  advice: /disk/,
  refuse: async ({ servers }) => {
    await Promise.all(servers.map((server) => limitFiles(server, '1')));
    return async () => {
      await Promise.all(servers.map((server) => limitFiles(server, 'unlimited')));
    };
  },
};

const fileIsLocked: WriteRefusal = {
  when: 'is locked by somebody who does not let go',
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

/** How a SQLite file refuses writes. */
export const sqliteRefusals: readonly WriteRefusal[] = [diskIsFull, fileIsLocked];

/** How the indices of an installation refuse writes. */
export const elasticsearchRefusals = (url: string): readonly WriteRefusal[] => [
  {
    when: 'was made read-only for want of disk space',
    advice: /free disk space/,
    refuse: async ({ settings }) => {
      const prefix = String(settings['elasticsearch.indexPrefix']);
      await blockIndices(url, prefix, 'read_only_allow_delete');
      return () => blockIndices(url, prefix, 'none');
    },
  },
];

/** Writes of the cut process fail, as on a disk that is full for its user only. */
export async function separateFromSqlite(): Promise<Separation> {
  return {
    settings: {},
    cut: (server) => limitFiles(server, '1'),
    restore: (server) => limitFiles(server, 'unlimited'),
  };
}

/** The cut process reaches the node no more, as behind a broken network. */
export async function separateFromElasticsearch(url: string): Promise<Separation> {
  const gate = await openStoreFaultProxy(url);
  stopAtTheEnd(() => gate.stop());
  return {
    settings: { 'elasticsearch.hosts': [gate.url] },
    cut: () => gate.down(),
    restore: () => gate.up(),
  };
}
