import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPluginFolders, readManifest } from './discover_plugins.ts';
import { loadPlugin } from './load_plugin.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-plugins-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const MANIFEST = `{
  // comments are welcome
  "type": "plugin",
  "id": "@latchkey/a-plugin",
  "plugin": { "id": "theA", "server": true, "configPath": ["xpack", "theA"], "requiredPlugins": ["b"], },
}`;

function aPlugin(manifest: string, entry?: string): string {
  const folder = join(root, 'a');
  mkdirSync(join(folder, 'server'), { recursive: true });
  writeFileSync(join(folder, 'kibana.jsonc'), manifest);
  if (entry !== undefined) writeFileSync(join(folder, 'server', 'index.ts'), entry);
  return folder;
}

describe('reading the manifest of a plugin', () => {
  it('accepts comments and applies defaults', () => {
    const folder = aPlugin(MANIFEST);
    expect(findPluginFolders(root)).toEqual([folder]);
    expect(readManifest(folder)).toEqual({
      id: 'theA',
      folder,
      hasServer: true,
      hasBrowser: false,
      configPath: ['xpack', 'theA'],
      requiredPlugins: ['b'],
      optionalPlugins: [],
    });
  });

  it.each([
    ['{', 'is not valid: CloseBraceExpected at offset 1'],
    ['{"type": "package"}', 'is not valid: [type]'],
    [MANIFEST.replace('theA', 'the-a'), 'is not valid: [plugin.id]: expected an id in camelCase'],
    [MANIFEST.replace('"server"', '"sever"'), 'is not valid: [plugin'],
  ])('fails for a bad manifest with file and reason', (manifest, reason) => {
    const folder = aPlugin(manifest);
    expect(() => readManifest(folder)).toThrow(
      expect.objectContaining({ code: 'bad_manifest', message: expect.stringContaining(reason) }),
    );
  });

  it('finds no plugin when the folder does not exist', () => {
    expect(findPluginFolders(join(root, 'none'))).toEqual([]);
  });
});

describe('loading a plugin', () => {
  it('returns its id and its factory when the manifest and the server entry are valid', async () => {
    const folder = aPlugin(MANIFEST, 'export const plugin = (): object => ({});');
    const loaded = await loadPlugin(readManifest(folder));
    expect([loaded.id, typeof loaded.create, loaded.config]).toEqual([
      'theA',
      'function',
      undefined,
    ]);
  });

  it.each([
    ['is absent', undefined, 'Plugin theA cannot be loaded'],
    ['throws', 'throw new Error("it is broken");', 'Plugin theA cannot be loaded: it is broken'],
    ['exports no factory', 'export const plugin = 1;', 'does not export a function "plugin"'],
    [
      'exports settings without a schema',
      'export const plugin = () => ({}); export const config = {};',
      'has no zod schema',
    ],
  ])('fails with the name of the plugin when its entry %s', async (_, entry, reason) => {
    const manifest = readManifest(aPlugin(MANIFEST, entry));
    await expect(loadPlugin(manifest)).rejects.toMatchObject({
      code: 'load_failed',
      pluginId: 'theA',
      message: expect.stringContaining(reason),
    });
  });
});
