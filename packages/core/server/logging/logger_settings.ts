import type { LogLevel } from './types.ts';

/** The part of `logging.*` that decides who logs what where. */
export interface LoggingSettings {
  readonly root: { readonly level: LogLevel; readonly appenders: readonly string[] };
  readonly appenders: Readonly<Record<string, AppenderSettings>>;
  readonly loggers: readonly {
    readonly name: string;
    readonly level?: LogLevel | undefined;
    readonly appenders?: readonly string[] | undefined;
  }[];
}

/** Where lines go and how they look. `layout` absent: pattern on a terminal in development, otherwise JSON. */
export interface AppenderSettings {
  readonly type: 'console' | 'file';
  readonly fileName?: string | undefined;
  readonly layout?: { readonly type: 'json' | 'pattern' } | undefined;
}

/** What applies to one logger. */
export interface EffectiveSettings {
  readonly level: LogLevel;
  readonly appenders: readonly string[];
}

/**
 * Level and appenders of a logger, each from the entry with the longest name that is the logger's own or one above it
 * (`plugins.actions` is above `plugins.actions.oauth`), else from the root.
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
