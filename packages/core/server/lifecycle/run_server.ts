import { setFlagsFromString } from 'node:v8';
import { ConfigError } from '../config/index.ts';
import { describeError } from '../logging/index.ts';
import { createServer, type ServerOptions } from './create_server.ts';
import type { Server } from './server.ts';

/** Exit code for wrong settings, with which a restart will not help (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/**
 * Signals that stop the server in an orderly way. Their default action would end the process
 * without the log lines that are waiting to be written.
 */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Stops V8 from allocating objects of requests as old objects. V8 does so where many earlier
 * objects survived, in some processes for nearly all requests. Then these objects stay in memory
 * until a full garbage collection, and each short collection takes twice as long.
 */
const NO_PRETENURING = '--no-allocation-site-pretenuring';

/**
 * Starts a server and stops it in an orderly way on SIGTERM, SIGINT, SIGHUP or SIGQUIT. A second
 * signal ends the process immediately, except SIGHUP. An uncaught error writes one log line and
 * ends the process.
 * @returns the running server; `undefined` when a signal stopped it during its start
 */
export async function runServer(options: ServerOptions): Promise<Server | undefined> {
  setFlagsFromString(NO_PRETENURING);
  let server: Server | undefined;
  const stopping = { requested: false };
  const exitWithError = (message: string, error: unknown): never => {
    const text = describeError(error);
    if (server === undefined) process.stderr.write(`${message}: ${text}\n`);
    else server.logger.fatal(message, { error });
    process.exit(isWrongSetting(error) ? EXIT_CONFIG : EXIT_FAILURE);
  };
  process.on('uncaughtException', (error) => exitWithError('Uncaught exception', error));
  process.on('unhandledRejection', (reason) => exitWithError('Unhandled rejection', reason));
  try {
    server = await createServer(options);
    stopOnSignal(server, stopping);
    await server.start();
    return server;
  } catch (error) {
    // If a signal stopped the start, this is not a failure, and the handler of the signal ends the
    // process.
    if (!stopping.requested) exitWithError('The server cannot start', error);
    return undefined;
  }
}

/**
 * Returns `true` if the cause of an error is a {@link ConfigError}. A plugin that rejects its
 * settings throws an error of its own with such a cause.
 */
function isWrongSetting(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  return error instanceof Error && isWrongSetting(error.cause);
}

function stopOnSignal(server: Server, stopping: { requested: boolean }): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // When a terminal closes, both the kernel and the shell send SIGHUP, so the second one is
    // ignored.
    if (stopping.requested && signal === 'SIGHUP') return;
    if (stopping.requested) process.exit(EXIT_FAILURE);
    stopping.requested = true;
    server.logger.info(`Stopping on ${signal}`);
    await server.stop();
    process.exit(0);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
}
