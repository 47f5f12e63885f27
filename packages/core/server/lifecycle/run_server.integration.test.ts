import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ENTRY = new URL('./index.ts', import.meta.url).href;
const CONTRACT = new URL('../index.ts', import.meta.url).href;
let root: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-run-'));
  writeFileSync(join(root, 'package.json'), '{"version":"1.0.0"}');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function aPlugin(start: string, stop = ''): void {
  const folder = join(root, 'plugins', 'a');
  mkdirSync(join(folder, 'server'), { recursive: true });
  writeFileSync(
    join(folder, 'kibana.jsonc'),
    '{"type":"plugin","id":"@test/a","plugin":{"id":"a","server":true}}',
  );
  writeFileSync(
    join(folder, 'server', 'index.ts'),
    `export const plugin = (context: any) => ({
      setup: () => {}, start: () => { ${start} }, stop: () => { context.logger.info('a stopped'); ${stop} },
    });`,
  );
}

/**
 * Runs the server as operators do: under plain Node, without Vitest's transformation of the code.
 */
function run(overrides: object = {}) {
  const settings = { 'server.port': 0, 'server.host': '127.0.0.1', ...overrides };
  const options = JSON.stringify({ mode: 'production', root, overrides: settings, env: {} });
  const script = `import { runServer } from ${JSON.stringify(ENTRY)}; await runServer(${options});`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  children.push(child);
  let output = '';
  const seen = Promise.withResolvers<string>();
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    const ready = /Ready at (http:[^"]+)/.exec(output)?.[1];
    if (ready !== undefined) seen.resolve(ready);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, ready: seen.promise, ended, output: () => output };
}

describe('the server process', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    'serves until %s, then stops plugins and exits with 0',
    async (signal) => {
      aPlugin('');
      const { child, ready, ended, output } = run();
      const url = await ready;
      expect((await fetch(`${url}/api/status`)).status).toBe(200);
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(output()).toContain('a stopped');
    },
  );

  it.each([
    ['exits immediately on a second SIGTERM', 'SIGTERM', 1],
    ['still stops cleanly on a second SIGHUP', 'SIGHUP', 0],
  ] as const)('%s', async (_, signal, code) => {
    // The plugin stops only after the second signal, so the test knows that the signal arrived.
    aPlugin(
      '',
      `return new Promise((resolve) => {
        const waiting = setInterval(() => {}, 1000);
        process.once('SIGHUP', () => { clearInterval(waiting); resolve(); });
      })`,
    );
    const { child, ready, ended, output } = run();
    await ready;
    child.kill(signal);
    while (!output().includes('a stopped')) await sleep(10);
    child.kill(signal);
    expect(await ended).toBe(code);
  });

  it.each([
    [
      'exception',
      `setTimeout(() => { throw Object.assign(new Error('gone Bearer canary-canary'), { config: 'canary' }); }, 50);`,
    ],
    ['rejection', `setTimeout(() => { Promise.reject(new Error('gone code=canary')); }, 50);`],
  ])('E63: exits with 1 and one redacted log line after an uncaught %s', async (_, start) => {
    aPlugin(start);
    const { ended, output } = run();
    expect(await ended).toBe(1);
    expect(output()).not.toContain('canary');
    expect(
      output()
        .split('\n')
        .filter((line) => line.includes('"log.level":"fatal"')),
    ).toHaveLength(1);
    expect(output()).toContain('gone ');
  });

  it('exits with 78 and all problems when the settings are wrong', async () => {
    aPlugin('');
    const { ended, output } = run({ 'server.prot': 1, 'server.name': 7 });
    expect(await ended).toBe(78);
    expect(output()).toContain('did you mean [server.port]?');
    expect(output()).toContain('[server.name]: expected string, got number');
    expect(output()).not.toContain('    at ');
  });

  it('exits with 78 when a plugin rejects a setting', async () => {
    const core = JSON.stringify(CONTRACT);
    aPlugin(`return import(${core}).then(({ ConfigError }) => {
      const cause = new ConfigError([{ path: 'a.key', message: 'is required' }]);
      throw new Error('no key', { cause });
    });`);
    const { ended, output } = run();
    expect(await ended).toBe(78);
    expect(output()).toContain('Plugin a failed in start: no key');
  });

  it('exits with 1 and the name of the plugin that failed to start', async () => {
    aPlugin(`throw new Error('it is broken');`);
    const { ended, output } = run();
    expect(await ended).toBe(1);
    expect(output()).toContain('Plugin a failed in start: it is broken');
  });
});
