import type { DedicatedLogger } from './logging_setup.ts';
import type { LogLevel, LogMeta } from './types.ts';

/** One recorded log line. */
export interface LoggedLine {
  readonly logger: string;
  readonly level: Exclude<LogLevel, 'off'>;
  readonly message: string;
  readonly meta: LogMeta | undefined;
}

/** A logger that records lines instead of writing them. Child loggers record into the same list. */
export interface LoggerMock extends DedicatedLogger {
  readonly lines: LoggedLine[];
  get(...nameParts: string[]): LoggerMock;
}

/** Creates a recording logger for unit tests. */
export function createLoggerMock(name = 'test', lines: LoggedLine[] = []): LoggerMock {
  const at = (level: LoggedLine['level']) => (message: string, meta?: LogMeta) => {
    lines.push({ logger: name, level, message, meta });
  };
  return {
    lines,
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    prepareLater: (message, meta) => (more) => at('info')(message, { ...meta, ...more }),
    debug: at('debug'),
    trace: at('trace'),
    isLevelEnabled: () => true,
    get: (...parts) => createLoggerMock([name, ...parts].join('.'), lines),
  };
}
