import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for one test. */
export interface TemporaryFolder {
  /** The path of a database file in the folder. The file does not exist yet. */
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** Creates a temporary folder. The test must remove it. */
export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-sqlite-'));
  return {
    file: join(folder, 'data', 'store.sqlite'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
