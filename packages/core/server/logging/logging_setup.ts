import type { AppenderSettings } from './logger_settings.ts';
import type { Logger, LogMeta } from './types.ts';

/** Options of a logger that `logging.root` does not silence. */
export interface DedicatedLoggerOptions {
  /** Name of the logger, for example `plugins.security.audit`. */
  readonly name: string;
  /** Appender of this logger alone. `undefined`: the appenders that `logging` assigns to it. */
  readonly appender: AppenderSettings | undefined;
}

/** A logger of events that must not be silenced by accident, such as audit events. */
export interface DedicatedLogger extends Logger {
  /**
   * Prepares the text of an `info` line that is written often. The returned function writes the
   * line with further fields, which must not be among the prepared ones. The line may be written up
   * to 100 ms later, together with others: `kill -9` can lose the lines of that time, but a regular
   * end of the process writes them.
   */
  prepareLater(message: string, meta?: LogMeta): (more?: LogMeta) => void;
}

/** Logging functions for the setup of plugins, in addition to their own logger. */
export interface LoggingSetup {
  /**
   * Creates a logger at level `info`, whatever `logging.root.level` is. Only an entry of
   * `logging.loggers` with exactly its name changes the level. The logger is silent when {@link
   * Logger.isLevelEnabled} returns `false`.
   */
  createDedicatedLogger(options: DedicatedLoggerOptions): DedicatedLogger;
}
