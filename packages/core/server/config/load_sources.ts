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
 * Returns the absolute paths of the configuration files of a start. A later file overrides an
 * earlier one. The order is: `config/kibana.yml`, unless files are given; in development
 * `config/kibana.dev.yml`; the given files. The first two are left out if they do not exist.
 * @param options.root folder that contains `config/`
 * @param options.given files of the command line, relative to the current folder
 */
export function configFilesFor(options: {
  readonly root: string;
  readonly mode: 'development' | 'production';
  readonly given: readonly string[];
}): string[] {
  const { root, mode, given } = options;
  const defaultFiles = [
    ...(given.length === 0 ? ['config/kibana.yml'] : []),
    ...(mode === 'development' ? ['config/kibana.dev.yml'] : []),
  ];
  return [
    ...defaultFiles.map((file) => join(root, file)).filter((file) => existsSync(file)),
    ...given.map((file) => resolve(file)),
  ];
}

/**
 * Reads a configuration file.
 * @throws ConfigError naming file and line when the file cannot be read; it never quotes the text
 */
export function loadConfigFile(file: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(readConfigFile(file), {
    lineCounter: lines,
    prettyErrors: false,
    // The parser accepts a repeated key. `readSettings` merges equal repetitions and reports
    // conflicts.
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
 * Parses `key=value` from the command line. The value stays a text until the type of its key is
 * known.
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
