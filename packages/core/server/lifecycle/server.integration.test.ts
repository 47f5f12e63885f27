import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer, type ServerOptions } from './create_server.ts';
import type { Server } from './server.ts';

let root: string;
let lines: string[];
const running: Server[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-server-'));
  lines = [];
  writeFileSync(join(root, 'package.json'), '{"version":"9.8.7"}');
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  rmSync(root, { recursive: true, force: true });
});

/**
 * Writes a plugin that appends its lifecycle steps to `globalThis.events` and serves `GET
 * /api/<id>`.
 */
function aPlugin(
  id: string,
  over: { requires?: string[]; start?: string; parent?: string } = {},
): void {
  const folder = join(root, over.parent ?? 'plugins', id);
  mkdirSync(join(folder, 'server'), { recursive: true });
  const manifest = {
    type: 'plugin',
    id: `@test/${id}`,
    plugin: { id, server: true, configPath: ['test', id], requiredPlugins: over.requires ?? [] },
  };
  writeFileSync(join(folder, 'kibana.jsonc'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'server', 'index.ts'),
    `
import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
export const config = {
  schema: z.strictObject({ greeting: z.string().default('hello'), secret: z.string().optional() }),
  exposeToBrowser: { greeting: true },
};
export const plugin = (context: any) => ({
  setup: (core: any) => {
    core.http.createRouter({ services: () => core.getStartServices() }).handle(
      { method: 'get', path: '/api/${id}', access: 'public', summary: 'Greet', authentication: 'none' },
      async (_, [, deps, own]) => {
        return { status: 200, body: { ...context.config, env: context.env, deps: Object.keys(deps), own } };
      },
    );
  },
  start: async (core: any) => {
    ${over.start ?? ''}
    context.logger.info('${id} started');
    return { name: '${id}' };
  },
  stop: () => context.logger.info('${id} stopped'),
});
`,
  );
}

async function aServer(over: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await createServer({
    mode: 'production',
    root,
    env: {},
    logDestination: { write: (line: string) => void lines.push(line) },
    ...over,
    overrides: { 'server.port': 0, 'server.host': '127.0.0.1', ...over.overrides },
  });
  running.push(server);
  return server;
}

/** A checkout in a test has no build of the web app, which every server reports once. */
const NOT_BUILT = expect.stringContaining('The web app is not built');

const messages = () => lines.map((line) => JSON.parse(line).message as string);

describe('a server', () => {
  it('reads settings, runs plugins in order, serves requests, and stops plugins in reverse order', async () => {
    aPlugin('a', { requires: ['b'] });
    aPlugin('b');
    mkdirSync(join(root, 'config'));
    writeFileSync(join(root, 'config', 'kibana.yml'), 'test.a.greeting: hi\nserver.name: s1\n');
    const server = await aServer();
    await server.start();
    const response = await (await fetch(`${server.url}/api/a`)).json();
    expect(response).toMatchObject({
      greeting: 'hi',
      deps: ['b'],
      own: { name: 'a' },
      env: { mode: 'production', version: '9.8.7', dataPath: join(root, 'data') },
    });
    expect(existsSync(join(root, 'data', 'latchkey.sqlite'))).toBe(true);
    await server.stop();
    await server.stop();
    expect(messages()).toEqual([
      NOT_BUILT,
      'b started',
      'a started',
      expect.stringContaining('Ready at http://127.0.0.1:'),
      'a stopped',
      'b stopped',
      'Stopped',
    ]);
  });

  it('serves its own routes: status with the store, metrics by route, API description', async () => {
    aPlugin('a');
    const server = await aServer({ overrides: { 'server.metrics.public': true } });
    await server.start();
    await server.inject({ url: '/api/a?code=canary' });
    const status = await server.inject({ url: '/api/status' });
    expect(status.json()).toEqual({ status: { overall: { level: 'available' } } });
    const metrics = (await server.inject({ url: '/metrics' })).body;
    expect(metrics).toContain(
      'latchkey_http_request_duration_seconds_count{method="GET",route="/api/a",status="200"} 1',
    );
    expect(metrics).not.toContain('canary');
    const { paths } = (await server.inject({ url: '/api/openapi.json' })).json();
    expect(Object.keys(paths)).toEqual([
      '/api/status',
      '/metrics',
      '/favicon.ico',
      '/assets/{file}',
      '/page_style.css',
      '/app/{path}',
      '/',
      '/api/openapi.json',
      '/api/a',
    ]);
  });

  it('applies the defaults, then the files, then the overrides', async () => {
    aPlugin('a');
    const file = join(root, 'a.yml');
    writeFileSync(file, 'test.a.greeting: file\nserver.name: file\n');
    const server = await aServer({
      configFiles: [file],
      defaults: { 'test.a.greeting': 'default', 'server.maxPayload': 7 },
      overrides: { 'server.name': 'override' },
    });
    expect(server.browserConfig).toEqual({ a: { greeting: 'file' } });
    expect(server.config.server).toMatchObject({ name: 'override', maxPayload: 7 });
  });

  it('exposes to browsers only the settings that a plugin names', async () => {
    aPlugin('a');
    const server = await aServer({ overrides: { 'test.a.secret': 'canary' } });
    expect(server.browserConfig).toEqual({ a: { greeting: 'hello' } });
  });

  it('serves below its base path and hides spaces from callers without credentials', async () => {
    aPlugin('a');
    const server = await aServer({
      overrides: { 'server.basePath': '/base', 'server.rewriteBasePath': true },
    });
    await server.start();
    expect(server.url).toMatch(/\/base$/);
    expect((await fetch(`${server.url}/api/a`)).status).toBe(200);
    expect((await fetch(`${server.url}/s/x/api/a`)).status).toBe(200);
    const outside = server.url?.replace(/\/base$/, '');
    expect((await fetch(`${outside}/api/a`)).status).toBe(404);
  });

  it('refuses unknown settings, including those of plugins', async () => {
    aPlugin('a');
    await expect(aServer({ overrides: { 'test.a.greting': 'x' } })).rejects.toThrow(
      '[test.a.greting]: unknown key in overrides of this start; did you mean [test.a.greeting]?',
    );
  });

  it('runs the plugins of plugins.paths with their settings, in addition to those below plugins/', async () => {
    aPlugin('a');
    aPlugin('b', { requires: ['a'], parent: 'elsewhere' });
    const server = await aServer({
      overrides: { 'plugins.paths': ['elsewhere/b'], 'test.b.greeting': 'hi' },
    });
    await server.start();
    expect((await server.inject({ url: '/api/b' })).json()).toMatchObject({
      greeting: 'hi',
      deps: ['a'],
    });
  });

  it.each([
    ['is absent', 'elsewhere/c', 'cannot be read (ENOENT)'],
    ['is a file', 'package.json', 'cannot be read (ENOTDIR)'],
    ['contains no plugin', 'empty', 'has no kibana.jsonc'],
    ['contains plugins', 'elsewhere', "has no kibana.jsonc; name each plugin's own folder"],
  ])('refuses a folder of plugins.paths that %s', async (_, folder, reason) => {
    aPlugin('b', { parent: 'elsewhere' });
    mkdirSync(join(root, 'empty'));
    await expect(aServer({ overrides: { 'plugins.paths': [folder] } })).rejects.toThrow(
      `[plugins.paths]: the folder ${join(root, folder)} ${reason}`,
    );
  });

  it('refuses a plugins.paths that is not a list, and reports no other problem with it', async () => {
    await expect(aServer({ overrides: { 'plugins.paths': 7, nope: 1 } })).rejects.toMatchObject({
      problems: [{ path: 'plugins.paths', message: expect.stringContaining('expected') }],
    });
  });

  it('names both folders when plugins.paths repeats a plugin', async () => {
    aPlugin('a');
    const repeated = aServer({ overrides: { 'plugins.paths': ['plugins/a'] } });
    await expect(repeated).rejects.toThrow('Plugin a exists twice');
  });

  it('stops the started plugins and closes the store when a plugin fails to start', async () => {
    aPlugin('a');
    aPlugin('b', { requires: ['a'], start: 'throw new Error("it is broken");' });
    const server = await aServer();
    await expect(server.start()).rejects.toThrow('Plugin b failed in start: it is broken');
    expect(messages()).toEqual([NOT_BUILT, 'a started', 'a stopped', 'Stopped']);
  });

  it('names the setting when its port is taken, and stops the plugins', async () => {
    aPlugin('a');
    const other = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const server = await aServer({ overrides: { 'server.port': port } });
    await expect(server.start()).rejects.toThrow(`Port ${port} is in use`);
    expect(messages()).toContain('a stopped');
    other.close();
  });

  it('can be stopped before it was started', async () => {
    aPlugin('a');
    const server = await aServer();
    await server.stop();
    expect(messages()).toEqual(['Stopped']);
  });
});
