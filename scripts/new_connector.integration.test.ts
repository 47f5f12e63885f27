import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const CONNECTORS = join('packages', 'connector-specs', 'connectors');

/** Files of the repository that the tests of a package load. */
const TEST_FILES = [
  ...['package.json', 'tsconfig.base.json', 'vitest.config.ts', 'scripts/test_runner'],
  ...['scripts/command.ts', 'scripts/workspaces.ts'],
];

let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'latchkey-scaffold-'));
  await mkdir(join(copy, 'packages'));
  await cp(join(ROOT, 'packages', 'connector-specs'), join(copy, 'packages', 'connector-specs'), {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules'),
  });
  for (const file of ['biome.json', ...TEST_FILES])
    await cp(join(ROOT, file), join(copy, file), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterEach(() => rm(copy, { recursive: true, force: true }));

/** Runs the command in a new process, as npm does. */
const newConnector = (...args: string[]) =>
  run(process.execPath, [join(ROOT, 'scripts', 'new_connector.ts'), ...args, '--root', copy], {
    env: { PATH: process.env['PATH'] },
  });

const registeredIds = async (): Promise<string[]> => {
  const url = pathToFileURL(join(copy, CONNECTORS, 'index.ts')).href;
  const code = `import { connectorSpecs } from '${url}'; console.log(JSON.stringify(connectorSpecs.map((s) => s.metadata.id)))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code]);
  return JSON.parse(stdout);
};

/**
 * Runs tests of the package with connectors.
 * @returns numbers of passed and failed tests
 */
const testResults = async (...args: string[]): Promise<{ passed: number; failed: number }> => {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const output = join(copy, 'results.json');
  const config = join(copy, 'vitest.config.ts');
  const cwd = join(copy, 'packages', 'connector-specs');
  const options = ['run', `--config=${config}`, '--reporter=json', `--outputFile=${output}`];
  // Vitest exits with 1 when a test fails. This error is ignored, because the results contain the
  // failure.
  await run(process.execPath, [vitest, ...options, ...args], { cwd }).catch(() => undefined);
  const results = JSON.parse(await readFile(output, 'utf8'));
  return { passed: results.numPassedTests, failed: results.numFailedTests };
};

describe('the command new_connector', () => {
  it('writes a connector whose own tests pass, and fail after a change of its request', async () => {
    await newConnector('my_service');
    const folder = join(copy, CONNECTORS, 'my_service');
    const own = await testResults('my_service');
    expect(own).toEqual({ passed: expect.any(Number), failed: 0 });
    expect(own.passed).toBeGreaterThan(0);
    const shared = ['connectors_contract', '-t', '^(\\.my_service|every connector|the registry) '];
    const contract = await testResults(...shared);
    expect(contract).toEqual({ passed: expect.any(Number), failed: 0 });
    expect(contract.passed).toBeGreaterThan(0);
    const file = join(folder, 'my_service.ts');
    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace(/(operation\('GET \/)/, '$1wrong/'));
    expect((await testResults('my_service')).failed).toBeGreaterThan(0);
  });

  it('writes a connector that loads, is registered and is formatted', async () => {
    const before = await registeredIds();
    const { stdout } = await newConnector('my_service');
    expect(stdout).toContain('Created the connector .my_service');
    expect((await readdir(join(copy, CONNECTORS, 'my_service'))).sort()).toEqual([
      'contract_fixtures.ts',
      'index.ts',
      'my_service.integration.test.ts',
      'my_service.ts',
      'translations.ts',
    ]);
    expect((await registeredIds()).sort()).toEqual([...before, '.my_service'].sort());
    const biome = join(ROOT, 'node_modules', '.bin', 'biome');
    await expect(run(biome, ['check', CONNECTORS], { cwd: copy })).resolves.toBeDefined();
  });

  it('adds two lines to the list of connectors and leaves the others as they are', async () => {
    const registry = join(copy, CONNECTORS, 'index.ts');
    const before = (await readFile(registry, 'utf8')).split('\n');
    await newConnector('my_service');
    const after = (await readFile(registry, 'utf8')).split('\n');
    const added = ["import { myService } from './my_service/index.ts';", '  myService,'];
    expect(after.filter((line) => added.includes(line))).toEqual(added);
    expect(after.filter((line) => !added.includes(line))).toEqual(before);
  });

  it('names the OAuth provider if there is one with the name of the connector', async () => {
    const providers = join(copy, 'packages', 'oauth-providers', 'providers');
    await mkdir(providers, { recursive: true });
    await writeFile(join(providers, 'my_service.ts'), '');
    expect((await newConnector('my_service')).stdout).toContain("provider: 'my_service'");
    expect((await newConnector('other')).stdout).toContain('add its entry');
  });

  it('names the commands that update all generated files with connectors', async () => {
    const { stdout } = await newConnector('my_service');
    expect(stdout.match(/npm run (connector_docs|openapi)\b/g)).toHaveLength(2);
  });

  it('can be used repeatedly', async () => {
    const names = ['zebra', 'acme_cloud_storage_eu_west_two', 'b2'];
    const expected = [...(await registeredIds()), ...names.map((name) => `.${name}`)];
    for (const name of names) await newConnector(name);
    expect((await registeredIds()).sort()).toEqual(expected.sort());
    const biome = join(ROOT, 'node_modules', '.bin', 'biome');
    await expect(run(biome, ['check', CONNECTORS], { cwd: copy })).resolves.toBeDefined();
  });

  it.each(['MyService', 'my-service', '1st', 'a__b', '../evil', 'delete', 'x'.repeat(31)])(
    'refuses the name %o and changes nothing',
    async (name) => {
      const before = await readFile(join(copy, CONNECTORS, 'index.ts'), 'utf8');
      await expect(newConnector(name)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining('snake_case'),
      });
      expect(await readFile(join(copy, CONNECTORS, 'index.ts'), 'utf8')).toBe(before);
    },
  );

  it('refuses the name of a connector that exists', async () => {
    await expect(newConnector('http')).rejects.toMatchObject({
      stderr: expect.stringContaining('exists already'),
    });
  });

  it('prints its usage when it gets no name', async () => {
    await expect(newConnector()).rejects.toMatchObject({
      stderr: expect.stringContaining('Usage'),
    });
  });
});
