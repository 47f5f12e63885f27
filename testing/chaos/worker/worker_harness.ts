import type { Call, Command, CommandOf } from '../plan/protocol.ts';

/** Commands that a worker handles in the same way with and without a server. */
type OwnCommand = 'burst' | 'arm' | 'disarm';

/**
 * Handlers of a worker for the commands of the harness. One implementation calls the
 * services of the code under test directly, the other calls a whole server over HTTP.
 */
export type WorkerHarness = {
  readonly [D in Exclude<Command['do'], OwnCommand>]: (command: CommandOf<D>) => unknown;
} & {
  /** Runs one caller. Never rejects: the result is recorded in the history. */
  readonly execute: (call: Call) => Promise<void>;
};
