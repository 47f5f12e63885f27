import { setTimeout as delay } from 'node:timers/promises';
import {
  type EncryptedServer,
  startEncryptedServer,
  type TestStore,
  type TestToken,
} from './encrypted_server.ts';

/** Arguments of a process that works on the tokens `t0`, `t1`, … of a store. */
export interface EncryptedProcessOptions {
  readonly store: TestStore;
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * `rotate`: rotates the keys once, and reports after every 50 moved objects. `write`: until its
   * standard input ends, reads random tokens and changes those with an odd number, and then reports
   * its last writes. `read`: like `write`, but without changes.
   */
  readonly work: 'rotate' | 'write' | 'read';
  readonly tokens: number;
}

/** One line of JSON that such a process prints. */
export type EncryptedProcessReport =
  | { readonly type: 'ready' }
  | { readonly type: 'moved'; readonly objects: number }
  | { readonly type: 'rotated'; readonly status: number; readonly body: unknown }
  | {
      readonly type: 'ended';
      readonly reads: number;
      /** Codes of reads that failed. */
      readonly failedReads: readonly string[];
      /** The last value written to each token, by number. */
      readonly written: Readonly<Record<string, string>>;
    };

const TOKEN = 'user_connector_token';
const PRINT_EVERY = 50;
/**
 * Pause between two steps, in milliseconds. A store with a single writer must have time for other
 * processes.
 */
const PAUSE_MS = 2;

/** Each line is written by one call, so that complete lines survive a kill. */
const print = (report: EncryptedProcessReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
};

async function rotate(server: EncryptedServer): Promise<void> {
  const url = '/api/encrypted_saved_objects/_rotate_key?batch_size=100';
  const { status, body } = await server.inject({ method: 'POST', url });
  print({ type: 'rotated', status, body });
}

async function useTokens(
  { repository }: EncryptedServer,
  { tokens, work }: EncryptedProcessOptions,
): Promise<void> {
  let isFinished = false;
  process.stdin.on('end', () => {
    isFinished = true;
  });
  process.stdin.resume();
  const failedReads: string[] = [];
  const written: Record<string, string> = {};
  let reads = 0;
  for (let round = 0; !isFinished; round += 1) {
    const n = Math.floor(Math.random() * tokens);
    try {
      await repository.get<TestToken>(TOKEN, `t${n}`, { decrypt: true });
    } catch (error) {
      failedReads.push(error instanceof Error ? error.message : 'no error');
    }
    reads += 1;
    if (work === 'write' && n % 2 === 1) {
      const accessToken = `token ${n} in round ${round}`;
      await repository.update<TestToken>(
        TOKEN,
        `t${n}`,
        { credentials: { accessToken } },
        { visibleToSearch: false },
      );
      written[n] = accessToken;
    }
    await delay(PAUSE_MS);
  }
  print({ type: 'ended', reads, failedReads, written });
}

const processOptions = JSON.parse(String(process.argv[2])) as EncryptedProcessOptions;
let moved = 0;
const server = await startEncryptedServer({
  path: processOptions.store,
  settings: processOptions.settings,
  wrapStore: (store) => ({
    ...store,
    put: async (document, options) => {
      const stored = await store.put(document, options);
      moved += 1;
      if (processOptions.work === 'rotate' && moved % PRINT_EVERY === 0)
        print({ type: 'moved', objects: moved });
      return stored;
    },
  }),
});
print({ type: 'ready' });
await (processOptions.work === 'rotate' ? rotate(server) : useTokens(server, processOptions));
await server.stop();
process.exit();
