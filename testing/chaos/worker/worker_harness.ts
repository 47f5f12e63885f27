import type { Call, Command, CommandOf } from '../plan/protocol.ts';

/** Commands that a worker handles in the same way in both modes. */
type OwnCommand = 'burst' | 'arm' | 'disarm';

/**
 * Handlers of a worker for the commands of the harness. Implemented by the capability without a
 * server, and by a whole server that is used over HTTP.
 */
export type WorkerHarness = {
  readonly [D in Exclude<Command['do'], OwnCommand>]: (command: CommandOf<D>) => unknown;
} & {
  /** One caller. Never rejects; the result is in the history. */
  readonly execute: (call: Call) => Promise<void>;
};
