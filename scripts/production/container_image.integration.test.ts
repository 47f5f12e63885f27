import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { closeConnections, createConnector, TestUser } from '@latchkey/test-environment';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';

const execute = promisify(execFile);
const ENGINES = ['docker', 'podman'] as const;
const ENGINE_TIMEOUT_MS = 10_000;
/** Time limit for a build without a cache, which downloads all packages. */
const BUILD_LIMIT_MS = 1_800_000;
const LIMIT_MS = 300_000;
const IMAGE = `latchkey-test:${process.pid}`;
const ADMIN = { username: 'elastic', password: 'container-image-4c19' };
const SETTINGS = {
  'server.host': '0.0.0.0',
  'server.publicBaseUrl': 'http://localhost:5601',
  'path.data': '/var/lib/latchkey',
  'xpack.encryptedSavedObjects.encryptionKey': 'development-only-key-a-0123456789abcdef',
  'xpack.security.initialAdminPassword': ADMIN.password,
};

/** The program that controls the container engine, or the reason why there is none to test with. */
type Engine = { readonly program: string } | { readonly missing: string };

/**
 * Finds an engine that responds and has the base image of the Dockerfile. A test does not pull it,
 * because the registry may be unreachable.
 */
function findEngine(): Engine {
  const base = /^FROM (\S+)/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1] ?? '';
  const succeeds = (program: string, ...args: readonly string[]) =>
    spawnSync(program, args, { timeout: ENGINE_TIMEOUT_MS, stdio: 'ignore' }).status === 0;
  const running = ENGINES.filter((program) => succeeds(program, 'info'));
  if (running.length === 0) return { missing: `none of ${ENGINES.join(', ')} responds` };
  const program = running.find((each) => succeeds(each, 'image', 'inspect', base));
  return program === undefined
    ? { missing: `${running.join(', ')} has no image ${base}` }
    : { program };
}

const engine = findEngine();
if ('missing' in engine) console.info(`The container image is not tested: ${engine.missing}.`);
const program = 'missing' in engine ? '' : engine.program;

/** Runs a command of the engine. Returns its standard output without the line break at the end. */
async function run(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

const containers: string[] = [];
let folder: string;

/** Starts a container as docs/operate/containers.md shows, without write access to its files. */
async function start(...options: readonly string[]): Promise<string> {
  const readOnly = ['--read-only', '--tmpfs', '/tmp'];
  const id = await run('run', '-d', ...readOnly, '-p', '127.0.0.1::5601', ...options, IMAGE);
  containers.push(id);
  return id;
}

/** Waits until the health check of the image succeeds. Returns the server in the container. */
async function untilHealthy(id: string): Promise<{ readonly url: string }> {
  await waitUntil(
    'a healthy container',
    async () => {
      const state = await run('inspect', '-f', '{{.State.Status}}', id);
      if (state === 'exited') throw new Error(`The container exited:\n${await logs(id)}`);
      return isHealthy(id);
    },
    { timeoutMs: LIMIT_MS },
  );
  const address = await run('port', id, '5601/tcp');
  return { url: `http://${address.split('\n')[0]}` };
}

async function isHealthy(id: string): Promise<boolean> {
  if (program === 'docker')
    return (await run('inspect', '-f', '{{.State.Health.Status}}', id)) === 'healthy';
  // Without systemd, Podman runs the check only on request.
  return run('healthcheck', 'run', id).then(
    () => true,
    () => false,
  );
}

async function logs(id: string): Promise<string> {
  const { stdout, stderr } = await execute(program, ['logs', id]);
  return `${stdout}${stderr}`;
}

/** Stops a container within the default `server.shutdownTimeout`. Returns its exit code. */
async function stop(id: string): Promise<number> {
  await run('stop', '-t', '40', id);
  return Number(await run('inspect', '-f', '{{.State.ExitCode}}', id));
}

const describeImage = program === '' ? describe.skip : describe;

describeImage(`container image${'missing' in engine ? ` (${engine.missing})` : ''}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-image-'));
    writeFileSync(join(folder, 'kibana.yml'), JSON.stringify(SETTINGS), { mode: 0o644 });
    // The default format of Podman has no health checks.
    const format = program === 'podman' ? ['--format', 'docker'] : [];
    await run('build', ...format, '-t', IMAGE, '.');
  }, BUILD_LIMIT_MS);
  afterEach(async () => {
    // This removes their unnamed volumes as well.
    for (const id of containers.splice(0)) await run('rm', '-f', '-v', id);
  });
  afterAll(async () => {
    closeConnections();
    rmSync(folder, { recursive: true, force: true });
    await run('rmi', IMAGE);
  }, LIMIT_MS);

  const withConfig = (): readonly string[] => [
    '-v',
    `${join(folder, 'kibana.yml')}:/etc/latchkey/kibana.yml:ro,z`,
  ];

  it(
    'becomes healthy, signs users in, stops cleanly, and leaves its data to the next container',
    async () => {
      const admin = new TestUser(ADMIN);
      const first = await start(...withConfig());
      const server = await untilHealthy(first);
      expect(await run('exec', first, 'id', '-un')).toBe('node');
      expect((await admin.call(server, 'GET /login')).status).toBe(200);
      expect((await admin.logIn(server)).status).toBe(200);
      const connector = await createConnector(admin, server, {
        name: 'Kept',
        connector_type_id: '.google_drive',
        secrets: { authType: 'oauth_authorization_code', clientId: 'id', clientSecret: 'secret' },
      });
      expect(await stop(first)).toBe(0);

      const next = await start(...withConfig(), '--volumes-from', first);
      const kept = await admin.json(await untilHealthy(next), {
        method: 'GET',
        path: `/api/actions/connector/${connector}`,
      });
      expect(kept).toMatchObject({ name: 'Kept' });
      expect(await stop(next)).toBe(0);
    },
    3 * LIMIT_MS,
  );

  it(
    'runs as any other user of the group root',
    async () => {
      const id = await start(...withConfig(), '--user', '12345:0');
      await untilHealthy(id);
      expect(await run('exec', id, 'id', '-u')).toBe('12345');
    },
    2 * LIMIT_MS,
  );

  it('exits with 78 and names the file when no configuration is mounted', async () => {
    const id = await start();
    expect(await run('wait', id)).toBe('78');
    expect(await logs(id)).toContain('/etc/latchkey/kibana.yml cannot be read');
  });
});
