import type { AppenderSettings } from './logger_settings.ts';
import type { Logger } from './types.ts';

/** A logger that `logging.root` does not silence. */
export interface DedicatedLoggerOptions {
  /** For example `plugins.security.audit`. */
  readonly name: string;
  /** A log of its own; `undefined`: the appenders that `logging` gives to loggers of that name. */
  readonly appender: AppenderSettings | undefined;
}

/** What plugins do with logging while they set up, besides using their own logger. */
export interface LoggingSetup {
  /**
   * A logger at level `info`, whatever `logging.root.level` is; only an entry of `logging.loggers` with exactly its name
   * changes that. It is silent when {@link Logger.isLevelEnabled} says so.
   */
  createDedicatedLogger(options: DedicatedLoggerOptions): Logger;
}
