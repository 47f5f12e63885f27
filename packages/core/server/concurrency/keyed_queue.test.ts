import { describe, expect, it } from 'vitest';
import { KeyedQueue } from './keyed_queue.ts';

/** Creates work that records its start and ends when the test decides. */
function aWork(name: string, started: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = () => {
    started.push(name);
    return promise;
  };
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe('a queue per key', () => {
  it('runs the tasks of one key one after the other, in the order of the calls', async () => {
    const queue = new KeyedQueue();
    const started: string[] = [];
    const [first, second, third] = ['a1', 'a2', 'a3'].map((name) => aWork(name, started));
    const results = [first, second, third].map((work) => queue.run('a', work?.run ?? fail));
    await settled();
    expect(started).toEqual(['a1']);
    first?.end();
    expect(await results[0]).toBe('a1');
    await settled();
    expect(started).toEqual(['a1', 'a2']);
    second?.end();
    third?.end();
    expect(await Promise.all(results)).toEqual(['a1', 'a2', 'a3']);
  });

  it('runs tasks of different keys at the same time', async () => {
    const queue = new KeyedQueue();
    const started: string[] = [];
    const works = ['a', 'b'].map((key) => ({ key, ...aWork(key, started) }));
    const results = works.map(({ key, run }) => queue.run(key, run));
    await settled();
    expect(started).toEqual(['a', 'b']);
    for (const { end } of works) end();
    await Promise.all(results);
  });

  it('runs the next task after a failed one, whose error only its own caller gets', async () => {
    const queue = new KeyedQueue();
    const started: string[] = [];
    const [first, second] = [aWork('a1', started), aWork('a2', started)];
    const results = [queue.run('a', first.run), queue.run('a', second.run)];
    first.fail();
    second.end();
    await expect(results[0]).rejects.toThrow('a1');
    expect(await results[1]).toBe('a2');
  });

  it('keeps no data of a key whose tasks have ended', async () => {
    const queue = new KeyedQueue();
    const works = [aWork('a1', []), aWork('a2', [])];
    const results = works.map(({ run }) => queue.run('a', run));
    works[0]?.end();
    await results[0];
    expect(queue.size).toBe(1);
    works[1]?.end();
    await results[1];
    expect(queue.size).toBe(0);
  });
});

const fail = (): never => {
  throw new Error('There is no such work.');
};

/** Resolves after all promises that could be settled were settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
