import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type LineOutput, writeInBatches, writeThrough } from './line_output.ts';
import { type LogFile, openLogFile } from './log_file.ts';
import type { AppenderSettings } from './logger_settings.ts';
import { rollingFile } from './rolling_file.ts';
import type { LogLevel } from './types.ts';

/**
 * Options of the output of one appender. Files and standard output write the lines of one turn of
 * the event loop together, and lines with `mayWait` later; {@link writeInBatches} describes the
 * lines that `kill -9` can lose. No line is lost when the process ends by a signal that the server
 * handles, by an uncaught error or by `process.exit`.
 */
export interface SinkOptions {
  readonly appender: AppenderSettings;
  readonly service: { readonly version: string; readonly node: string };
  /** Layout of an appender that has no `layout`. */
  readonly defaultLayout: 'json' | 'pattern';
  /** Replaces standard output of console appenders, for tests. `undefined`: standard output. */
  readonly console: DestinationStream | undefined;
  /**
   * Called with the number of lines that were dropped because the log could not be written for too
   * long.
   */
  readonly onDropped: (lines: number) => void;
  readonly now: () => number;
}

type Level = Exclude<LogLevel, 'off'>;

/** One line that was already redacted. */
export interface LogLine {
  readonly level: Level;
  readonly logger: string;
  readonly fields: object;
  readonly message: string;
  /** `true`: the line may be written together with other lines, in the first turn after 100 ms. */
  readonly mayWait: boolean;
}

/** Writes lines to one appender. */
export interface LogSink {
  write(line: LogLine): void;
  /** Returns a function that writes the line with further fields, which it must not contain yet. */
  prepare(line: LogLine): (more: object) => void;
}

/** Returns a function that formats the line with further fields as text. */
type PrepareLine = (line: LogLine) => (more: object) => string;

const NO_FIELDS = Object.freeze({});

/**
 * Levels of lines that are written before the call returns. Such a line may be the last one before
 * a crash, or explain the next failure.
 */
const URGENT: ReadonlySet<string> = new Set(['warn', 'error', 'fatal']);

/** Logger name of the lines that appenders write about themselves. */
const OWN_LOGGER = 'logging';

/**
 * Creates the output of an appender. Each appender has its own instance of pino, because it has its
 * own format.
 */
export function createSink(options: SinkOptions): LogSink {
  const layout = options.appender.layout?.type ?? options.defaultLayout;
  // The note about missing lines is written to the same log.
  const output = outputOf(options, (lost) =>
    sink.write({
      level: 'error',
      logger: OWN_LOGGER,
      fields: NO_FIELDS,
      message: `${lost} log lines are missing here: the log could not be written`,
      mayWait: false,
    }),
  );
  const prepareText = layout === 'pattern' ? patternFormat(options) : jsonFormat(options);
  const prepare: LogSink['prepare'] = (line) => {
    const textWith = prepareText(line);
    const isUrgent = URGENT.has(line.level);
    return (more) => {
      const text = textWith(more);
      if (line.mayWait) output.writeLater(text);
      else output.write(text);
      if (isUrgent) output.flush();
    };
  };
  const sink: LogSink = { prepare, write: (line) => prepare(line)(NO_FIELDS) };
  return sink;
}

/** Text that stands for the time in a sample line. */
const TIME_MARK = '\u0000time';
const SAMPLE_END = ',"message":""}\n';

/**
 * Formats lines as ECS for log collectors. The library formats one sample line per level, and all
 * lines of the level repeat its fixed parts. Formatting each line took three times as long, and
 * every execution writes an audit event.
 */
function jsonFormat({ service }: SinkOptions): PrepareLine {
  const format = ecsFormat({
    apmIntegration: false,
    convertErr: false,
    convertReqRes: false,
    serviceName: 'latchkey',
    serviceVersion: service.version,
    serviceNodeName: service.node,
  });
  let sample = '';
  const sampler = pino(
    { ...format, level: 'trace', timestamp: () => `,"@timestamp":"${TIME_MARK}"` },
    { write: (line) => (sample = line) },
  );
  const templates = new Map<string, { readonly head: string; readonly fixed: string }>();
  const templateOf = (level: Level) => {
    const known = templates.get(level);
    if (known !== undefined) return known;
    sampler[level]('');
    const [head = '', rest = ''] = sample.split(TIME_MARK);
    if (!rest.endsWith(SAMPLE_END)) throw new Error('the log library has changed its format');
    const template = { head, fixed: `${rest.slice(0, -SAMPLE_END.length)},` };
    templates.set(level, template);
    return template;
  };
  return ({ level, logger, fields, message }) => {
    const { head, fixed } = templateOf(level);
    const start = `${fixed}${membersOf(fields)}`;
    const end = `"log.logger":${JSON.stringify(logger)},"message":${JSON.stringify(message)}}\n`;
    return (more) => `${head}${timeNow()}${start}${membersOf(more)}${end}`;
  };
}

/** Returns the members of a JSON object as text, each with a comma after it. */
function membersOf(fields: object): string {
  const members = JSON.stringify(fields).slice(1, -1);
  return members === '' ? '' : `${members},`;
}

let lastMs = 0;
let lastTime = '';

/** Returns the time in ISO 8601. It is formatted once per millisecond. */
function timeNow(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastTime = new Date(now).toISOString();
  }
  return lastTime;
}

/**
 * Characters that could end a line or control a terminal. Names and ids of callers may contain
 * them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
/** Those of {@link CONTROLS} that JSON does not escape. The colors of a line are none of them. */
const CONTROLS_IN_JSON = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Writes control characters as in JSON, so that they are visible and have no effect. */
function visible(text: string, controls: RegExp): string {
  return text.replace(controls, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Formats lines for a terminal: time, level, logger, message, then the fields, all on one line.
 * Respects `NO_COLOR`.
 */
function patternFormat({ appender, console }: SinkOptions): PrepareLine {
  const format = prettyFactory({
    colorize:
      appender.type === 'console' &&
      console === undefined &&
      process.stdout.isTTY &&
      process.stdout.hasColors(),
    // An audit event has ten fields. With one line per field, the messages would be hard to find.
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    messageFormat: (line, messageKey) =>
      `[${String(line['logger'])}] ${visible(String(line[messageKey]), CONTROLS)}`,
    ignore: 'pid,hostname,logger',
    errorLikeObjectKeys: [],
  });
  // The line is formatted here and not by the stream of pino-pretty, which may still buffer lines
  // when the process ends.
  let text = '';
  const lines = pino(
    { level: 'trace' },
    { write: (line) => (text = visible(format(line), CONTROLS_IN_JSON)) },
  );
  return ({ level, logger, fields, message }) =>
    (more) => {
      lines[level]({ ...fields, ...more, logger }, message);
      return text;
    };
}

/** Returns a file, standard output, or the replacement of standard output in tests. */
function outputOf(
  { appender, console, onDropped, now }: SinkOptions,
  recovered: (lost: number) => void,
): LineOutput {
  if (appender.type === 'console' && console !== undefined) return writeThrough(console);
  const listener = { dropped: onDropped, recovered };
  if (appender.type === 'console') return writeInBatches(openLogFile(undefined, listener));
  const file: LogFile = openLogFile(appender.fileName, listener);
  return writeInBatches(appender.type === 'file' ? file : rollingFile({ ...appender, file, now }));
}
