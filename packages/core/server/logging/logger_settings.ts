import type { LogLevel } from './types.ts';

/** The part of `logging.*` that decides where each logger writes which lines. */
export interface LoggingSettings {
  readonly root: { readonly level: LogLevel; readonly appenders: readonly string[] };
  readonly appenders: Readonly<Record<string, AppenderSettings>>;
  readonly loggers: readonly {
    readonly name: string;
    readonly level?: LogLevel | undefined;
    readonly appenders?: readonly string[] | undefined;
  }[];
}

/** Rule for starting a new file: above a size in bytes, or every `interval` milliseconds. */
export type RollingPolicy =
  | { readonly type: 'size-limit'; readonly size: number }
  | { readonly type: 'time-interval'; readonly interval: number; readonly modulate: boolean };

/**
 * Names of closed files, and how many of them are kept. `%i` in `pattern` is 1 for the newest file.
 */
export interface RollingStrategy {
  readonly type: 'numeric';
  readonly pattern: string;
  readonly max: number;
}

/**
 * Destination and format of lines. Without `layout`, the format is `pattern` on a terminal in
 * development, otherwise `json`.
 */
export type AppenderSettings = {
  readonly layout?: { readonly type: 'json' | 'pattern' } | undefined;
} & (
  | { readonly type: 'console' }
  | { readonly type: 'file'; readonly fileName: string }
  | {
      readonly type: 'rolling-file';
      readonly fileName: string;
      readonly policy: RollingPolicy;
      readonly strategy: RollingStrategy;
    }
);

/** Settings that apply to one logger. */
export interface EffectiveSettings {
  readonly level: LogLevel;
  readonly appenders: readonly string[];
}

/**
 * Returns level and appenders of a logger. Each of them comes from the entry with the longest name
 * that is the logger itself or one of its parents (`plugins.actions` is a parent of
 * `plugins.actions.oauth`), otherwise from the root.
 */
export function settingsFor(name: string, settings: LoggingSettings): EffectiveSettings {
  const above = settings.loggers
    .filter((entry) => name === entry.name || name.startsWith(`${entry.name}.`))
    .sort((a, b) => b.name.length - a.name.length);
  return {
    level: above.find((entry) => entry.level !== undefined)?.level ?? settings.root.level,
    appenders:
      above.find((entry) => entry.appenders !== undefined)?.appenders ?? settings.root.appenders,
  };
}
