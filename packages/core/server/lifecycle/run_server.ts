import { ConfigError } from '../config/index.ts';
import { describeError } from '../logging/index.ts';
import { createServer, type ServerOptions } from './create_server.ts';
import type { Server } from './server.ts';

/** The settings are wrong: restarting will not help (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/**
 * Runs one server for the life of this process: starts it, stops it in order on SIGTERM or SIGINT (a second signal ends at once),
 * and ends with one line in the log when something throws where nobody catches it.
 * @returns the running server; `undefined` when a signal stopped it while it was starting
 */
export async function runServer(options: ServerOptions): Promise<Server | undefined> {
  let server: Server | undefined;
  const stopping = { requested: false };
  const die = (message: string, error: unknown): never => {
    const text = describeError(error);
    if (server === undefined) process.stderr.write(`${message}: ${text}\n`);
    else server.logger.fatal(message, { error });
    process.exit(isWrongSetting(error) ? EXIT_CONFIG : EXIT_FAILURE);
  };
  process.on('uncaughtException', (error) => die('Uncaught exception', error));
  process.on('unhandledRejection', (reason) => die('Unhandled rejection', reason));
  try {
    server = await createServer(options);
    stopOnSignal(server, stopping);
    await server.start();
    return server;
  } catch (error) {
    // A start that ends because a signal stopped it is no failure; the signal's handler ends the process.
    if (!stopping.requested) die('The server cannot start', error);
    return undefined;
  }
}

/** Plugins refuse a combination of settings and circumstances with an error of their own, caused by a {@link ConfigError}. */
function isWrongSetting(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  return error instanceof Error && isWrongSetting(error.cause);
}

function stopOnSignal(server: Server, stopping: { requested: boolean }): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping.requested) process.exit(EXIT_FAILURE);
    stopping.requested = true;
    server.logger.info(`Stopping on ${signal}`);
    await server.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
