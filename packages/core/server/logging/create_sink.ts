import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type LogFile, openLogFile } from './log_file.ts';
import type { AppenderSettings } from './logger_settings.ts';
import { rollingFile } from './rolling_file.ts';
import type { LogLevel } from './types.ts';
import { type LineOutput, writeOncePerTurn, writeThrough } from './write_once_per_turn.ts';

/**
 * Options of the output of one appender. Every output writes its lines before the process waits for
 * anything, so that no line is lost when the process ends.
 */
export interface SinkOptions {
  readonly appender: AppenderSettings;
  readonly service: { readonly version: string; readonly node: string };
  /** Used when the appender has no `layout`. */
  readonly defaultLayout: 'json' | 'pattern';
  /** Replaces standard output of console appenders, for tests. */
  readonly console: DestinationStream | undefined;
  /**
   * Called with the number of lines that were dropped because the log could not be written for too
   * long.
   */
  readonly onDropped: (lines: number) => void;
  readonly now: () => number;
}

/** Writes one line that was already redacted. */
export type LogSink = (
  level: Exclude<LogLevel, 'off'>,
  logger: string,
  fields: object,
  message: string,
) => void;

/**
 * A line of these levels may be the last one before a crash, or explain the next failure. So it is
 * written before the call returns.
 */
const URGENT: ReadonlySet<string> = new Set(['warn', 'error', 'fatal']);

/** Logger name of the lines that appenders write about themselves. */
const OWN_LOGGER = 'logging';

/** One pino instance per appender, because each appender has its own format. */
export function createSink(options: SinkOptions): LogSink {
  const layout = options.appender.layout?.type ?? options.defaultLayout;
  // A note about missing lines goes to the log in which they are missing.
  const output = outputOf(options, (lost) =>
    write(
      'error',
      OWN_LOGGER,
      {},
      `${lost} log lines are missing here: the log could not be written`,
    ),
  );
  const loggerField = layout === 'pattern' ? 'logger' : 'log.logger';
  const lines = layout === 'pattern' ? patternLines(options, output) : jsonLines(options, output);
  const write: LogSink = (level, logger, fields, message) => {
    lines[level]({ ...fields, [loggerField]: logger }, message);
    if (URGENT.has(level)) output.flush();
  };
  return write;
}

/** ECS, for log collectors. */
function jsonLines({ service }: SinkOptions, output: DestinationStream): PinoLogger {
  const format = ecsFormat({
    apmIntegration: false,
    convertErr: false,
    convertReqRes: false,
    serviceName: 'latchkey',
    serviceVersion: service.version,
    serviceNodeName: service.node,
  });
  return pino({ ...format, level: 'trace' }, output);
}

/**
 * For a terminal: time, level, logger, message, then the fields, all on one line. Respects
 * `NO_COLOR`.
 */
function patternLines({ appender, console }: SinkOptions, output: DestinationStream): PinoLogger {
  const format = prettyFactory({
    colorize:
      appender.type === 'console' &&
      console === undefined &&
      process.stdout.isTTY &&
      process.stdout.hasColors(),
    // An audit event has ten fields: one line per field would hide the messages.
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    messageFormat: (line, messageKey) => `[${String(line['logger'])}] ${String(line[messageKey])}`,
    ignore: 'pid,hostname,logger',
    errorLikeObjectKeys: [],
  });
  // Formatted here instead of by pino-pretty's stream, which may still hold lines when the process
  // ends.
  const stream = { write: (line: string) => void output.write(format(line)) };
  return pino({ level: 'trace' }, stream);
}

/** A file, standard output, or the replacement of standard output in tests. */
function outputOf(
  { appender, console, onDropped, now }: SinkOptions,
  recovered: (lost: number) => void,
): LineOutput {
  if (appender.type === 'console' && console !== undefined) return writeThrough(console);
  const listener = { dropped: onDropped, recovered };
  if (appender.type === 'console') return writeOncePerTurn(openLogFile(undefined, listener));
  const file: LogFile = openLogFile(appender.fileName, listener);
  return writeOncePerTurn(
    appender.type === 'file' ? file : rollingFile({ ...appender, file, now }),
  );
}
