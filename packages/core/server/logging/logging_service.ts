import { resolve } from 'node:path';
import type { DestinationStream } from 'pino';
import { createSink, type LogLine, type LogSink } from './create_sink.ts';
import { type AppenderSettings, type LoggingSettings, settingsFor } from './logger_settings.ts';
import type { DedicatedLogger, DedicatedLoggerOptions, LoggingSetup } from './logging_setup.ts';
import { redact } from './redact.ts';
import { scrubText } from './scrub_text.ts';
import type { Logger, LogLevel, LogMeta } from './types.ts';

/** Options of the logging service. */
export interface LoggingServiceOptions {
  readonly settings: LoggingSettings;
  readonly mode: 'development' | 'production';
  readonly version: string;
  /** Value of `service.node.name` in every line, from `server.name`. */
  readonly node: string;
  /** Absolute path against which relative file names in the settings are resolved. */
  readonly root: string;
  readonly now: () => number;
  /**
   * Called with the number of lines that were dropped because a log could not be written. Default:
   * not called.
   */
  readonly onDropped?: (appender: string, lines: number) => void;
  /** Replaces standard output of console appenders, for tests. It gets one `write` per line. */
  readonly destination?: DestinationStream;
}

type Level = Exclude<LogLevel, 'off'>;

const NO_FIELDS = Object.freeze({});

/** Order of the levels from quiet to verbose. A logger writes lines up to its own level. */
const LOUDNESS: Readonly<Record<LogLevel, number>> = {
  off: 0,
  fatal: 1,
  error: 2,
  warn: 3,
  info: 4,
  debug: 5,
  trace: 6,
};

/** Creates loggers. Every line of the server is redacted here. */
export class LoggingService {
  readonly #options: LoggingServiceOptions;
  readonly #sinks = new Map<string, LogSink>();
  readonly #loggers = new Map<string, Logger>();

  constructor(options: LoggingServiceOptions) {
    this.#options = options;
  }

  /**
   * Returns the logger of that name, for example `plugins.actions`. The same name always gives the
   * same object.
   */
  get(...nameParts: readonly string[]): Logger {
    const name = nameParts.join('.');
    const known = this.#loggers.get(name);
    if (known !== undefined) return known;
    const { level, appenders } = settingsFor(name, this.#options.settings);
    const sinks = appenders.map((appender) => this.#sink(appender));
    const logger = this.#create(name, level, sinks);
    this.#loggers.set(name, logger);
    return logger;
  }

  /** Functions for plugins that create loggers of their own. */
  get setup(): LoggingSetup {
    return { createDedicatedLogger: (options) => this.#createDedicated(options) };
  }

  #createDedicated({ name, appender }: DedicatedLoggerOptions): DedicatedLogger {
    const { settings } = this.#options;
    const own = settings.loggers.find((entry) => entry.name === name);
    const sinks =
      appender === undefined
        ? settingsFor(name, settings).appenders.map((each) => this.#sink(each))
        : [this.#open(name, appender)];
    return this.#create(name, own?.level ?? 'info', sinks);
  }

  #create(name: string, maxLevel: LogLevel, sinks: readonly LogSink[]): DedicatedLogger {
    const limit = sinks.length === 0 ? LOUDNESS.off : LOUDNESS[maxLevel];
    const withStack = limit >= LOUDNESS.debug;
    const redacted = (meta: LogMeta | undefined): object =>
      meta === undefined ? NO_FIELDS : redact(meta, withStack);
    const lineOf = (level: Level, text: string, meta: LogMeta | undefined): LogLine => {
      const message = scrubText(text);
      return { level, logger: name, fields: redacted(meta), message, mayWait: false };
    };
    const at = (level: Level) =>
      LOUDNESS[level] > limit
        ? (): void => {}
        : (message: string, meta?: LogMeta): void => {
            const line = lineOf(level, message, meta);
            for (const sink of sinks) sink.write(line);
          };
    const prepareLater: DedicatedLogger['prepareLater'] = (message, meta) => {
      if (LOUDNESS.info > limit) return () => {};
      const line = { ...lineOf('info', message, meta), mayWait: true };
      const writes = sinks.map((sink) => sink.prepare(line));
      return (more) => {
        const fields = redacted(more);
        for (const write of writes) write(fields);
      };
    };
    return {
      fatal: at('fatal'),
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      prepareLater,
      debug: at('debug'),
      trace: at('trace'),
      isLevelEnabled: (level) => LOUDNESS[level] <= limit,
      get: (...parts) => this.get(name, ...parts),
    };
  }

  #sink(appenderName: string): LogSink {
    const known = this.#sinks.get(appenderName);
    if (known !== undefined) return known;
    const appender = this.#options.settings.appenders[appenderName] ?? { type: 'console' };
    const sink = this.#open(appenderName, appender);
    this.#sinks.set(appenderName, sink);
    return sink;
  }

  #open(appenderName: string, appender: AppenderSettings): LogSink {
    const { mode, version, node, destination, root, now, onDropped } = this.#options;
    const onTerminal = mode === 'development' && process.stdout.isTTY === true;
    return createSink({
      appender:
        appender.type === 'console'
          ? appender
          : { ...appender, fileName: resolve(root, appender.fileName) },
      service: { version, node },
      defaultLayout: onTerminal && destination === undefined ? 'pattern' : 'json',
      console: destination,
      onDropped: (lines) => onDropped?.(appenderName, lines),
      now,
    });
  }
}
