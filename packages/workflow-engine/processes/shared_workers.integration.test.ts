import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SharedWorkers } from './shared_workers.ts';

interface Echo {
  readonly text: string;
  readonly data: unknown;
  readonly environment: readonly string[];
}

const MODULE = new URL('./shared_workers.ts', import.meta.url).href;

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

describe('SharedWorkers', () => {
  let workers: SharedWorkers<string, Echo>;
  beforeEach(() => {
    workers = new SharedWorkers({
      module: new URL('./echo_process.mock.ts', import.meta.url),
      data: () => 'data',
      processes: 2,
      expired: (limitMs) => new Error(`longer than ${limitMs} ms`),
      failed: ({ reason, isOutOfMemory }) =>
        new Error(isOutOfMemory ? `memory: ${reason}` : reason),
      limits: { maxPerUser: 3, maxTotal: 5, refused: () => new Error('too many') },
    });
  });
  afterEach(() => workers.close());

  const ask = (user: string, text = 'text', limitMs = 60_000) =>
    workers.run(text, { user, limitMs });

  it('passes the data to the process and returns its result', async () => {
    expect(await ask('ana')).toMatchObject({ text: 'text', data: 'data' });
  });

  it('serves another user while requests of one user take all of their time', async () => {
    const endless = [1, 2, 3].map(() => ask('ana', 'endless', 60_000));
    const ended = Promise.allSettled(endless);
    // The requests of ana use only one of the two processes.
    expect(await ask('ben', 'first')).toMatchObject({ text: 'first' });
    expect(await ask('ben', 'second')).toMatchObject({ text: 'second' });
    await workers.close();
    for (const { status } of await ended) expect(status).toBe('rejected');
  });

  it('fails a request that takes longer than its limit, and works on the next request', async () => {
    await expect(ask('ana', 'endless', 10)).rejects.toThrow('longer than 10 ms');
    expect(await ask('ana')).toMatchObject({ text: 'text' });
  });

  it('fails a request that needs more memory than its process may have, and works on the next request', async () => {
    await expect(ask('ana', 'large')).rejects.toThrow(
      'memory: It needs more than 256 MB of memory.',
    );
    expect(await ask('ana')).toMatchObject({ text: 'text' });
  });

  it('fails a request whose process ends, and works on the next request', async () => {
    await expect(ask('ana', 'exit')).rejects.toThrow('Its process ended (exit code 3).');
    expect(await ask('ana')).toMatchObject({ text: 'text' });
  });

  it('J142: starts a process again after one has ended, with pauses that grow up to 2 s until a request has a result', async () => {
    const pauses: number[] = [];
    const failing = new SharedWorkers<string, Echo>({
      module: new URL('./echo_process.mock.ts', import.meta.url),
      processes: 1,
      expired: (limitMs) => new Error(`longer than ${limitMs} ms`),
      failed: ({ reason }) => new Error(reason),
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
      },
    });
    const send = (text: string, limitMs = 60_000) => failing.run(text, { user: 'ana', limitMs });
    for (let each = 0; each < 8; each += 1)
      await expect(send('exit')).rejects.toThrow('Its process ended (exit code 3).');
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000]);
    expect(await send('text')).toMatchObject({ text: 'text' });
    pauses.length = 0;
    await expect(send('exit')).rejects.toThrow('exit code 3');
    expect(await send('text')).toMatchObject({ text: 'text' });
    // After a request that exceeded a limit, there is no pause.
    await expect(send('endless', 10)).rejects.toThrow('longer than 10 ms');
    expect(await send('text')).toMatchObject({ text: 'text' });
    expect(pauses).toEqual([50]);
    await failing.close();
  });

  it('fails a request that waits for the start of a process when the workers are closed', async () => {
    const paused = Promise.withResolvers<void>();
    const failing = new SharedWorkers<string, Echo>({
      module: new URL('./echo_process.mock.ts', import.meta.url),
      processes: 1,
      expired: () => new Error('expired'),
      failed: ({ reason }) => new Error(reason),
      pause: (_, signal) => {
        paused.resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    });
    const options = { user: 'ana', limitMs: 60_000 };
    await expect(failing.run('exit', options)).rejects.toThrow('exit code 3');
    const waiting = failing.run('text', options);
    const ended = expect(waiting).rejects.toThrow('The server is stopping.');
    await paused.promise;
    await failing.close();
    await ended;
  });

  it('passes no environment variable of the server to its processes', async () => {
    process.env['SECRET_FOR_TEST'] = 'development only';
    try {
      const { environment } = await ask('ana');
      expect(environment).not.toContain('SECRET_FOR_TEST');
    } finally {
      delete process.env['SECRET_FOR_TEST'];
    }
  });

  it('ends a process when its parent is killed, even while it works on a request', async () => {
    const code = `
      const { SharedWorkers } = await import(${JSON.stringify(MODULE)});
      const fail = () => new Error('failed');
      const workers = new SharedWorkers({
        module: new URL('./echo_process.mock.ts', ${JSON.stringify(MODULE)}),
        processes: 1, expired: fail, failed: fail,
      });
      const options = { user: 'ana', limitMs: 600_000 };
      const { processId } = await workers.run('text', options);
      // Not \`console.log\`, which could add color codes to the number.
      process.stdout.write(String(processId));
      await workers.run('endless', options);`;
    const args = ['--input-type=module', '--eval', code];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await once(parent.stdout, 'data').finally(() => parent.kill('SIGKILL'));
    const processId = Number(output);
    expect(processId).toBeGreaterThan(1);
    await once(parent, 'close');
    // Throws ESRCH when the process does not exist any more. The time limit of the test ends the
    // loop.
    while (isAlive(processId)) await setTimeout(50);
  });

  it('refuses requests above the limit per user and above the limit of all users, except those that are always accepted', async () => {
    const users = ['ana', 'ana', 'ana', 'ben', 'ben'];
    const waiting = users.slice(0, 3).map((user) => ask(user, 'endless'));
    const ended = Promise.allSettled(waiting);
    await expect(ask('ana')).rejects.toThrow('too many');
    const rest = Promise.all(users.slice(3).map((user) => ask(user)));
    await expect(ask('eve')).rejects.toThrow('too many');
    const accepted = workers.run('text', { user: 'eve', limitMs: 60_000, isAlwaysAccepted: true });
    expect(await accepted).toMatchObject({ text: 'text' });
    await rest;
    // These requests do not use up the places of others.
    const options = { user: 'bot', limitMs: 60_000, isAlwaysAccepted: true };
    const background = Promise.allSettled([1, 2, 3, 4, 5].map(() => workers.run('text', options)));
    expect(await ask('bot')).toMatchObject({ text: 'text' });
    await background;
    // Requests that have ended free their places.
    expect(await ask('eve')).toMatchObject({ text: 'text' });
    await workers.close();
    await ended;
  });
});
