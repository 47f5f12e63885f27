import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { AppenderSettings } from './logger_settings.ts';
import type { LogLevel } from './types.ts';

/** Where an appender's lines end up. All of them write synchronously, so that nothing is lost when the process ends. */
export interface SinkOptions {
  readonly appender: AppenderSettings;
  readonly service: { readonly version: string; readonly node: string };
  /** Used when the appender does not say. */
  readonly defaultLayout: 'json' | 'pattern';
  /** Replaces standard output of console appenders, for tests. */
  readonly console: DestinationStream | undefined;
}

/** Writes one line that was already made safe. */
export type LogSink = (
  level: Exclude<LogLevel, 'off'>,
  logger: string,
  fields: object,
  message: string,
) => void;

/** One pino per appender, because each formats for itself. */
export function createSink(options: SinkOptions): LogSink {
  const layout = options.appender.layout?.type ?? options.defaultLayout;
  if (layout === 'pattern') {
    const lines = patternLines(options);
    return (level, logger, fields, message) => lines[level]({ ...fields, logger }, message);
  }
  const lines = jsonLines(options);
  return (level, logger, fields, message) =>
    lines[level]({ ...fields, 'log.logger': logger }, message);
}

/** ECS, for log collectors. */
function jsonLines({ appender, service, console }: SinkOptions): PinoLogger {
  const format = ecsFormat({
    apmIntegration: false,
    convertErr: false,
    convertReqRes: false,
    serviceName: 'latchkey',
    serviceVersion: service.version,
    serviceNodeName: service.node,
  });
  const stream = console ?? destination({ dest: targetOf(appender), sync: true, mkdir: true });
  return pino({ ...format, level: 'trace' }, stream);
}

/** For people at a terminal: time, level, logger, message, then the fields. */
function patternLines({ appender, console }: SinkOptions): PinoLogger {
  const stream = pretty({
    colorize: appender.type === 'console' && console === undefined && process.stdout.isTTY,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    messageFormat: (line, messageKey) => `[${String(line['logger'])}] ${String(line[messageKey])}`,
    ignore: 'pid,hostname,logger',
    errorLikeObjectKeys: [],
    destination: console ?? targetOf(appender),
    sync: true,
    mkdir: true,
  });
  return pino({ level: 'trace' }, stream);
}

/** A file, or standard output. */
const targetOf = (appender: AppenderSettings): string | number => appender.fileName ?? 1;
