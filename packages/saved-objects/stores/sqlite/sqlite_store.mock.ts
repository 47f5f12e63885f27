import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for one test. */
export interface TemporaryFolder {
  /** A database file in it, not yet there. */
  readonly file: string;
  readonly remove: () => Promise<void>;
}

export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-sqlite-'));
  return {
    file: join(folder, 'data', 'store.sqlite'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
