import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerKind } from '../plan/protocol.ts';

const MAIN = join(import.meta.dirname, '..', 'worker', 'main.ts');

/** A process that loads the modules of a worker, and then waits for its settings. */
export interface LoadedProcess {
  readonly child: ChildProcess;
  readonly logPath: string;
}

/**
 * Starts a process for a worker.
 * @param name name of its log file, without the ending
 */
export function loadProcess(folder: string, name: string, kind: WorkerKind): LoadedProcess {
  const logPath = join(folder, `${name}.log`);
  const log = openSync(logPath, 'a', 0o600);
  const child = fork(MAIN, [kind], {
    execArgv: [],
    // Half of the start time is spent on compiling, so processes share a compile cache.
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: join(folder, 'compiled') },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return { child, logPath };
}
