import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';
import { createPlugin } from './plugin_scaffold/index.ts';
import { pluginNamesOf, renamePlugin } from './plugin_scaffold/plugin_names.ts';
import { servePlugin } from './serve_plugin.mock.ts';
import { projectOptions } from './test_runner/test_command.ts';

const run = promisify(execFile);
/**
 * Folders that are not copied with the checkout. The installed packages are linked, and the others
 * hold what commands write, possibly during the copy.
 */
const NOT_COPIED: ReadonlySet<string> = new Set([
  '.git',
  '.nx',
  '.test-results',
  'data',
  'dist',
  'node_modules',
]);

/**
 * Maximum milliseconds of a test that generates the files of all packages again, which takes long
 * on a busy machine.
 */
const GENERATION_TIMEOUT_MS = 240_000;

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'latchkey-scaffold-'));
  await cp(ROOT, copy, {
    recursive: true,
    filter: (path) => !NOT_COPIED.has(relative(ROOT, path)),
  });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Runs a tool in the copy, without the environment of the tests. */
const inCopy = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(command, args, { cwd: copy, env: { PATH: process.env['PATH'], HOME: copy, ...env } });
const tool = (name: string, ...args: string[]) =>
  inCopy(join(ROOT, 'node_modules', '.bin', name), args);
const node = (...args: string[]) => inCopy(process.execPath, args);

const newPlugin = (...args: string[]) =>
  node(join(ROOT, 'scripts', 'new_plugin.ts'), ...args, '--root', copy);

/** Runs the unit tests of the new plugin as `npm run unit` does. */
const unitTests = (folder: string) =>
  inCopy(join(ROOT, 'node_modules', '.bin', 'vitest'), ['run', ...projectOptions('unit', folder)], {
    NO_COLOR: '1',
  });

describe('the command new_plugin', () => {
  const folder = join('plugins', 'my_notes');
  let stdout: string;
  beforeAll(async () => {
    ({ stdout } = await newPlugin('--name', 'my_notes'));
  }, GENERATION_TIMEOUT_MS);

  it('prints the files that it wrote, which contain no name of the template', async () => {
    expect(stdout).toContain('Created the plugin my_notes');
    const entries = await readdir(join(copy, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.test-results'))
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files).toEqual(
      expect.arrayContaining(
        [join('server', 'plugin.ts'), 'api_report.md'].map((path) => join(copy, folder, path)),
      ),
    );
    const texts = files.map((path) => readFile(path, 'utf8'));
    expect((await Promise.all(texts)).filter((text) => /hello.?plugin/i.test(text))).toEqual([]);
  });

  it.each([
    ['format and lint', () => tool('biome', 'check', folder)],
    ['types', () => tool('tsc', '--noEmit', '-p', folder)],
    ['boundaries', () => tool('depcruise', '--config', '.dependency-cruiser.cjs', folder)],
    ['pinned packages', () => node('scripts/lock_file.ts')],
    ['the description of the API', () => node('scripts/openapi.ts', '--check')],
  ])(
    'creates a plugin that passes the check of %s',
    async (_, check) => {
      await expect(check()).resolves.toBeDefined();
    },
    GENERATION_TIMEOUT_MS,
  );

  it('creates a plugin that passes its own tests', async () => {
    expect((await unitTests(folder)).stdout).toMatch(/Tests +3 passed/);
  });

  it('creates a plugin that the server runs', async () => {
    const served = await servePlugin(join(copy, folder));
    expect(await served.request('POST', '/api/my_notes/greeting/Ana')).toEqual({
      status: 200,
      body: { message: 'Hello, Ana' },
    });
    expect(await served.stop()).toBe(0);
  });

  it.each([
    ['MyPlugin', 'snake_case'],
    ['my-plugin', 'snake_case'],
    ['1st', 'snake_case'],
    ['../evil', 'snake_case'],
    ['constructor', 'snake_case'],
    ['x'.repeat(31), 'snake_case'],
    ['actions', 'plugins/actions exists already'],
    ['hello_plugin', 'examples/hello_plugin exists already'],
    ['spaces_plugin', 'The package @latchkey/spaces-plugin exists already'],
  ])('refuses the name %o, prints the reason, and writes nothing', async (name, reason) => {
    const before = await readdir(join(copy, 'plugins'));
    await expect(createPlugin(copy, name)).rejects.toMatchObject({
      name: 'ScaffoldError',
      message: expect.stringContaining(reason),
    });
    expect(await readdir(join(copy, 'plugins'))).toEqual(before);
  });

  it('prints only the reason and exits with 1 when it refuses a name', async () => {
    await expect(newPlugin('--name', 'actions')).rejects.toMatchObject({
      code: 1,
      stderr: 'plugins/actions exists already.\n',
    });
  });

  it('prints its usage when the name is missing', async () => {
    await expect(newPlugin()).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--name is missing'),
    });
  });
});

describe('renaming the plugin template', () => {
  const rename = (text: string, name: string) =>
    renamePlugin(text, pluginNamesOf('hello_plugin'), pluginNamesOf(name));
  const text = 'hello_plugin helloPlugin hello-plugin HelloPlugin "Hello plugin"';

  it.each([
    ['my_plugin', 'my_plugin myPlugin my-plugin MyPlugin "My plugin"'],
    ['notes', 'notes notes notes-plugin NotesPlugin "Notes"'],
    [
      'my_hello_plugin',
      'my_hello_plugin myHelloPlugin my-hello-plugin MyHelloPlugin "My hello plugin"',
    ],
    ['plugin', 'plugin plugin plugin-plugin PluginPlugin "Plugin"'],
  ])('replaces every spelling of the name with %s once', (name, expected) => {
    expect(rename(text, name)).toBe(expected);
  });
});
