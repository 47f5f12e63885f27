import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { aFreePort } from '@latchkey/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { writeProductionBuild } from './production_build.ts';

/** Time limit for the start of a server on a busy machine. */
const LIMIT_MS = 300_000;
const WEB_APP = '0123456789abcdef';

let folder: string;
let target: string;
let server: ChildProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-production-'));
  target = join(folder, 'latchkey');
  const webApp = join(folder, WEB_APP);
  // The builds of the web app have this mode.
  mkdirSync(webApp, { mode: 0o700 });
  const none = { preload: [], styles: [], pages: {}, languages: {}, files: {} };
  const build = { scripts: ['main.js'], ...none };
  writeFileSync(join(webApp, 'build.json'), JSON.stringify(build));
  writeFileSync(join(webApp, 'manifest.json'), '{}');
  writeProductionBuild(ROOT, { target, webApp });
}, LIMIT_MS);
afterAll(() => {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('production build', () => {
  it('contains no tests, no stories, no browser sources and no packages of the browser side', () => {
    const files = globSync('{packages,plugins}/**/*.ts', { cwd: target });
    expect(files).toContain(join('packages', 'core', 'server', 'index.ts'));
    expect(
      files.filter((file) => /[.](test|mock|stories)[.]ts$|page_stories|public/.test(file)),
    ).toEqual([]);
    const absent = ['react', '@elastic/eui', 'typescript', 'vitest', 'vite'];
    const found = absent.filter((name) => existsSync(join(target, 'node_modules', name)));
    expect(found).toEqual([]);
    expect(existsSync(join(target, 'dist', 'browser', WEB_APP, 'manifest.json'))).toBe(false);
  });

  it('can be read by a different user than the one who built it', () => {
    const unreadable = globSync('**', { cwd: target }).filter((path) => {
      const stats = lstatSync(join(target, path));
      const wanted = stats.isDirectory() ? 0o555 : 0o444;
      return (stats.mode & wanted) !== wanted;
    });
    expect(unreadable).toEqual([]);
  });

  it('explains its arguments, and reports an unknown argument by name', () => {
    const run = (argument: string) =>
      spawnSync(process.execPath, [join(target, 'start.js'), argument], {
        encoding: 'utf8',
        // Node warns on stderr if both NO_COLOR and FORCE_COLOR are set.
        env: { PATH: process.env['PATH'] },
      });
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--config') });
    const unknown = run('--port');
    expect(unknown.status).toBe(64);
    expect(unknown.stderr).toMatch(/^Unknown option '--port'/);
  });

  it('reads a configuration file from the current folder', () => {
    const args = [join(target, 'start.js'), '--config', 'missing.yml'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(78);
    expect(stderr).toContain(`${join(folder, 'missing.yml')} cannot be read`);
  });

  it(
    'runs without the checkout: serves the API and the web app, and stops cleanly',
    async () => {
      const port = await aFreePort();
      const settings = {
        'server.port': port,
        'server.publicBaseUrl': `http://localhost:${port}`,
        'path.data': join(folder, 'data'),
        'xpack.encryptedSavedObjects.encryptionKey': 'development-only-key-a-0123456789abcdef',
        'xpack.security.initialAdminPassword': 'production-build-7f31',
      };
      const config = join(folder, 'settings.yml');
      writeFileSync(config, JSON.stringify(settings));
      server = spawn(process.execPath, ['start.js', '--config', config], {
        cwd: target,
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [server.stdout, server.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      const exited = once(server, 'exit');
      const url = `http://127.0.0.1:${port}`;
      const isAvailable = async (): Promise<boolean> => {
        if (server?.exitCode !== null) throw new Error(`The server exited:\n${output}`);
        return (await fetch(`${url}/api/status`).catch(() => undefined))?.status === 200;
      };
      await waitUntil('the server', isAvailable, { timeoutMs: LIMIT_MS });
      const credentials = Buffer.from('elastic:production-build-7f31').toString('base64');
      const page = await fetch(`${url}/app/connectors`, {
        headers: { authorization: `Basic ${credentials}`, accept: 'text/html' },
      });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('src="/assets/main.js"');
      server.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    },
    3 * LIMIT_MS,
  );
});
