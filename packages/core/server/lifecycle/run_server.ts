import { ConfigError } from '../config/index.ts';
import { describeError } from '../logging/index.ts';
import { createServer, type ServerOptions } from './create_server.ts';
import type { Server } from './server.ts';

/** The settings are wrong, so a restart will not help (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/**
 * Signals that stop the server in order. Their default action would end the process without the log
 * lines that wait.
 */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Starts a server and stops it in order on SIGTERM, SIGINT, SIGHUP or SIGQUIT. A second signal
 * exits at once, except SIGHUP. An uncaught error writes one log line and ends the process.
 * @returns the running server; `undefined` when a signal stopped it during its start
 */
export async function runServer(options: ServerOptions): Promise<Server | undefined> {
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
    // A start that a signal stopped is not a failure; the signal's handler ends the process.
    if (!stopping.requested) exitWithError('The server cannot start', error);
    return undefined;
  }
}

/**
 * A plugin refuses a combination of settings and circumstances with its own error, whose cause is a
 * {@link ConfigError}.
 */
function isWrongSetting(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  return error instanceof Error && isWrongSetting(error.cause);
}

function stopOnSignal(server: Server, stopping: { requested: boolean }): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // When a terminal closes, both the kernel and the shell send SIGHUP.
    if (stopping.requested && signal === 'SIGHUP') return;
    if (stopping.requested) process.exit(EXIT_FAILURE);
    stopping.requested = true;
    server.logger.info(`Stopping on ${signal}`);
    await server.stop();
    process.exit(0);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
}
