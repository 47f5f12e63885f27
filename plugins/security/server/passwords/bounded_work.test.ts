import { describe, expect, it } from 'vitest';
import { BoundedWork } from './bounded_work.ts';

/** Creates a queue with work that the test ends piece by piece. Records the order of starts. */
function aWorkerHarness(options: ConstructorParameters<typeof BoundedWork>[0]) {
  const bounded = new BoundedWork(options);
  const begun: string[] = [];
  const running: (() => void)[] = [];
  return {
    begun,
    ask: (source: string) =>
      bounded.run(() => {
        begun.push(source);
        return new Promise<void>((resolve) => running.push(resolve));
      }, source),
    finishAll: async () => {
      await new Promise(setImmediate);
      for (let end = running.shift(); end !== undefined; end = running.shift()) {
        end();
        await new Promise(setImmediate);
      }
    },
  };
}

const outcomesOf = async (asked: readonly Promise<void>[]) =>
  (await Promise.allSettled(asked)).map(({ status }) => status);

describe('a bounded queue of work', () => {
  it('serves sources in turn, however many pieces one source has queued', async () => {
    const shop = aWorkerHarness({ maxConcurrent: 1, maxWaiting: 20 });
    const flood = Array.from({ length: 10 }, () => shop.ask('flood'));
    const others = [shop.ask('ana'), shop.ask('ben')];
    await shop.finishAll();
    await Promise.all([...flood, ...others]);
    expect(shop.begun.slice(0, 4)).toEqual(['flood', 'flood', 'ana', 'ben']);
    expect(shop.begun).toHaveLength(12);
  });

  it('drops work of the source with the longest queue when the total limit is reached', async () => {
    const shop = aWorkerHarness({ maxConcurrent: 1, maxWaiting: 4 });
    const flood = Array.from({ length: 6 }, () => shop.ask('flood'));
    const ana = shop.ask('ana');
    const more = shop.ask('flood');
    const outcomes = outcomesOf([...flood, ana, more]);
    await shop.finishAll();
    expect(await outcomes).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
      'fulfilled',
      'rejected',
    ]);
    await expect(more).rejects.toMatchObject({ code: 'login_busy' });
  });

  it('refuses a new source when the limit is reached and no waiting source has more work than it', async () => {
    const shop = aWorkerHarness({ maxConcurrent: 1, maxWaiting: 2 });
    const asked = ['ana', 'ben', 'cleo', 'dora'].map((source) => shop.ask(source));
    const outcomes = outcomesOf(asked);
    await shop.finishAll();
    expect(await outcomes).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });

  it('accepts work again when all work is done', async () => {
    const shop = aWorkerHarness({ maxConcurrent: 1, maxWaiting: 0 });
    for (let round = 0; round < 3; round += 1) {
      const asked = shop.ask('ana');
      await shop.finishAll();
      await asked;
    }
    expect(shop.begun).toHaveLength(3);
  });
});
