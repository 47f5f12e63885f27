import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { settingsOf } from './config_entries.ts';
import { ConfigError } from './config_error.ts';
import { ConfigText } from './config_text.ts';

/**
 * One source of settings, as written. Keys may contain dots, be nested, or both. A later source
 * overrides an earlier one.
 */
export interface ConfigSource {
  /** Name of the source in messages, for example `config/kibana.yml`. */
  readonly name: string;
  readonly settings: unknown;
}

/**
 * The configuration files of a start, in order: `config/kibana.yml` unless files were given, in
 * development `config/kibana.dev.yml`, then the given files, relative to the
 * current folder. The first two may be missing.
 */
export function configFilesFor(options: {
  readonly root: string;
  readonly mode: 'development' | 'production';
  readonly given: readonly string[];
}): string[] {
  const { root, mode, given } = options;
  const usual = [
    ...(given.length === 0 ? ['config/kibana.yml'] : []),
    ...(mode === 'development' ? ['config/kibana.dev.yml'] : []),
  ];
  return [
    ...usual.map((file) => join(root, file)).filter((file) => existsSync(file)),
    ...given.map((file) => resolve(file)),
  ];
}

/**
 * Reads a configuration file.
 * @throws ConfigError naming file and line when the file cannot be read; never quotes its text
 */
export function loadConfigFile(file: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(readConfigFile(file), {
    lineCounter: lines,
    prettyErrors: false,
    // Equal or mergeable repetitions are accepted. `readSettings` reports real conflicts.
    uniqueKeys: false,
    version: '1.2',
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ConfigError([
      { path: undefined, message: `${file}:${line}:${col} is not valid YAML (${error.code})` },
    ]);
  }
  return { name: file, settings: settingsOf(document, document.contents) };
}

/**
 * Parses `key=value` from the command line. The type of the key decides how the value is read.
 * @throws ConfigError when there is no `=`
 */
export function parseSetting(text: string): Record<string, ConfigText> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new ConfigError([{ path: undefined, message: 'a setting must look like key=value' }]);
  }
  return { [text.slice(0, at).trim()]: new ConfigText(text.slice(at + 1)) };
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigError([{ path: undefined, message: `${file} cannot be read (${code})` }]);
  }
}
