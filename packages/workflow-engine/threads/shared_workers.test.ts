import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SharedWorkers } from './shared_workers.ts';

interface Echo {
  readonly text: string;
  readonly data: unknown;
  readonly thread: number;
}

describe('SharedWorkers', () => {
  let workers: SharedWorkers<string, Echo>;
  beforeEach(() => {
    workers = new SharedWorkers({
      module: new URL('./echo_worker.mock.ts', import.meta.url),
      data: () => 'data',
      threads: 2,
      maxPerUser: 3,
      maxTotal: 5,
      expired: (limitMs) => new Error(`longer than ${limitMs} ms`),
      failed: (reason) => new Error(reason),
      refused: () => new Error('too many'),
    });
  });
  afterEach(() => workers.close());

  const ask = (user: string, text = 'text', limitMs = 60_000) =>
    workers.run(text, { user, limitMs });

  it('gives the data to the thread and returns its result', async () => {
    expect(await ask('ana')).toMatchObject({ text: 'text', data: 'data' });
  });

  it('serves another user while the requests of one take their whole time', async () => {
    const endless = [1, 2, 3].map(() => ask('ana', 'endless', 60_000));
    const ended = Promise.allSettled(endless);
    // Ana has one of the two threads.
    expect(await ask('ben', 'first')).toMatchObject({ text: 'first' });
    expect(await ask('ben', 'second')).toMatchObject({ text: 'second' });
    await workers.close();
    for (const { status } of await ended) expect(status).toBe('rejected');
  });

  it('fails a request that takes longer than its limit, and works on the next', async () => {
    await expect(ask('ana', 'endless', 10)).rejects.toThrow('longer than 10 ms');
    expect(await ask('ana')).toMatchObject({ text: 'text' });
  });

  it('refuses further requests of a user and of all users, but none that is always accepted', async () => {
    const users = ['ana', 'ana', 'ana', 'ben', 'ben'];
    const waiting = users.slice(0, 3).map((user) => ask(user, 'endless'));
    const ended = Promise.allSettled(waiting);
    await expect(ask('ana')).rejects.toThrow('too many');
    const rest = Promise.all(users.slice(3).map((user) => ask(user)));
    await expect(ask('eve')).rejects.toThrow('too many');
    const accepted = workers.run('text', { user: 'eve', limitMs: 60_000, isAlwaysAccepted: true });
    expect(await accepted).toMatchObject({ text: 'text' });
    await rest;
    // They take no places of others.
    const options = { user: 'bot', limitMs: 60_000, isAlwaysAccepted: true };
    const background = Promise.allSettled([1, 2, 3, 4, 5].map(() => workers.run('text', options)));
    expect(await ask('bot')).toMatchObject({ text: 'text' });
    await background;
    // The places of requests that ended are free.
    expect(await ask('eve')).toMatchObject({ text: 'text' });
    await workers.close();
    await ended;
  });
});
