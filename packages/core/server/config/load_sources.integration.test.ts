import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigEntries } from './config_entries.ts';
import { pathsOf, shapeOf } from './config_shape.ts';
import { coreSchemas } from './core_config.ts';
import { configFilesFor, loadConfigFile } from './load_sources.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): string {
  mkdirSync(join(root, 'config'), { recursive: true });
  const file = join(root, name);
  writeFileSync(file, text);
  return file;
}

describe('the list of configuration files', () => {
  it('contains the default files that exist, with the development file only in development mode', () => {
    const usual = write('config/kibana.yml', '');
    const dev = write('config/kibana.dev.yml', '');
    expect(configFilesFor({ root, mode: 'production', given: [] })).toEqual([usual]);
    expect(configFilesFor({ root, mode: 'development', given: [] })).toEqual([usual, dev]);
  });

  it('contains the given files in their order instead of kibana.yml', () => {
    write('config/kibana.yml', '');
    const dev = write('config/kibana.dev.yml', '');
    expect(configFilesFor({ root, mode: 'production', given: ['b', 'a'] })).toEqual([
      resolve('b'),
      resolve('a'),
    ]);
    expect(configFilesFor({ root, mode: 'development', given: ['a'] })).toEqual([
      dev,
      resolve('a'),
    ]);
  });

  it('is empty when no default file exists', () => {
    expect(configFilesFor({ root, mode: 'development', given: [] })).toEqual([]);
  });
});

describe('a configuration file', () => {
  it('is refused with file, line and column of invalid YAML, without quoting it', () => {
    const file = write('config/bad.yml', 'server.port: 1\nsecret: "canary');
    expect(() => loadConfigFile(file)).toThrow(`${file}:2:`);
    expect(() => loadConfigFile(file)).not.toThrow('canary');
  });

  it('may contain repeated keys, which are merged or refused when the settings are read', () => {
    const file = write(
      'config/twice.yml',
      'a: {x: 1}\na: {y: 2, __proto__: 3}\nb: &b [1]\nc: *b\n',
    );
    const { settings } = loadConfigFile(file);
    expect(settings).toEqual(
      new ConfigEntries([
        ['a', { x: 1 }],
        ['a', JSON.parse('{"y":2,"__proto__":3}')],
        ['b', [1]],
        ['c', [1]],
      ]),
    );
  });

  it('is refused with its name when it does not exist', () => {
    expect(() => loadConfigFile(join(root, 'none.yml'))).toThrow(
      'none.yml cannot be read (ENOENT)',
    );
  });
});

describe('config/kibana.yml', () => {
  const text = readFileSync(join(REPOSITORY, 'config/kibana.yml'), 'utf8');

  it('contains every key of core in a comment', () => {
    const keys = Object.entries(coreSchemas).flatMap(([key, schema]) =>
      [...pathsOf(shapeOf(schema), key)].map(([path]) => path),
    );
    expect(keys.length).toBeGreaterThan(15);
    expect(keys.filter((key) => !text.includes(`\n#${key}:`))).toEqual([]);
  });

  it('is valid YAML without any setting', () => {
    expect(parse(text) ?? {}).toEqual({});
  });
});
