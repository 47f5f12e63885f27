/** Levels from loudest to quietest, as in `logging.root.level`. */
export type LogLevel = 'off' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Structured fields of one log line, in ECS names where ECS has one (`event.action`,
 * `http.response.status_code`). They must never contain a token, code, verifier, secret, raw state
 * or a provider's response body.
 */
export interface LogMeta {
  /**
   * Error that is logged as `error.type`, `error.message` and `error.code`, with its stack only at
   * debug level. Request and response objects of an HTTP error are never serialised.
   */
  readonly error?: unknown;
  readonly tags?: readonly string[];
  readonly [field: string]: unknown;
}

/** A logger with a dotted name, for example `plugins.actions.oauth_callback`. */
export interface Logger {
  fatal(message: string, meta?: LogMeta): void;
  error(message: string, meta?: LogMeta): void;
  warn(message: string, meta?: LogMeta): void;
  info(message: string, meta?: LogMeta): void;
  debug(message: string, meta?: LogMeta): void;
  trace(message: string, meta?: LogMeta): void;
  isLevelEnabled(level: Exclude<LogLevel, 'off'>): boolean;
  /** Returns a child logger: `get('oauth')` of `plugins.actions` is `plugins.actions.oauth`. */
  get(...nameParts: string[]): Logger;
}
