import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/manual_time.mock.ts';
import { ReadThroughCache } from './read_through_cache.ts';

function aCache(over: { maxEntries?: number; load?: (key: string) => Promise<string> } = {}) {
  const clock = new ManualClock();
  const loads: string[] = [];
  const load = (key: string) => {
    loads.push(key);
    return over.load?.(key) ?? Promise.resolve(`${key}#${loads.length}`);
  };
  const cache = new ReadThroughCache({
    clock,
    ttlMs: 100,
    maxEntries: over.maxEntries ?? 10,
    load,
  });
  return { cache, clock, loads };
}

describe('a read-through cache', () => {
  it('shares one load between concurrent readers and serves its value until the time to live ends', async () => {
    const { cache, clock } = aCache();
    expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual(['a#1', 'a#1']);
    await clock.advance(99);
    expect(await cache.get('a')).toBe('a#1');
    await clock.advance(1);
    expect(await cache.get('a')).toBe('a#2');
  });

  it('serves no value whose load began before the key was invalidated', async () => {
    const responses = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    let asked = 0;
    const { cache } = aCache({
      load: () => responses[asked++]?.promise ?? Promise.resolve('later'),
    });
    const before = cache.get('a');
    cache.invalidate('a');
    const after = cache.get('a');
    responses[1]?.resolve('new');
    expect(await after).toBe('new');
    responses[0]?.resolve('old');
    expect(await before).toBe('old');
    expect(await cache.get('a')).toBe('new');
  });

  it('does not cache a failed load', async () => {
    let fail = true;
    const { cache } = aCache({
      load: () =>
        fail ? Promise.reject(new Error('the store is unavailable')) : Promise.resolve('back'),
    });
    await expect(cache.get('a')).rejects.toThrow('the store is unavailable');
    fail = false;
    expect(await cache.get('a')).toBe('back');
  });

  it('drops the least recently read key when it is full', async () => {
    const { cache, loads } = aCache({ maxEntries: 2 });
    await cache.get('a');
    await cache.get('b');
    await cache.get('c');
    await cache.get('b');
    await cache.get('a');
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});
