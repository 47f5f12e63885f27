import { describe, expect, it } from 'vitest';
import { Batcher } from './batcher.ts';

const aBatcher = (
  send: (items: readonly string[]) => Promise<readonly string[]>,
): Batcher<string, string> =>
  new Batcher({ send, maxItems: 3, maxBytes: 10, bytesOf: (item) => item.length });

describe('the batches of store calls', () => {
  it('contain the items of one turn, and each item gets its own result', async () => {
    const sent: (readonly string[])[] = [];
    const batcher = aBatcher(async (items) => {
      sent.push(items);
      return items.map((item) => item.toUpperCase());
    });
    expect(await Promise.all(['a', 'b'].map((item) => batcher.add(item)))).toEqual(['A', 'B']);
    expect(await batcher.add('c')).toBe('C');
    expect(sent).toEqual([['a', 'b'], ['c']]);
  });

  it('are limited by number of items and by size', async () => {
    const sent: (readonly string[])[] = [];
    const batcher = aBatcher(async (items) => {
      sent.push(items);
      return items;
    });
    const items = ['1', '2', '3', '4', 'x'.repeat(9), 'y', 'z'.repeat(50), '5'];
    await Promise.all(items.map((item) => batcher.add(item)));
    expect(sent.map((batch) => batch.map((item) => item[0]).join(''))).toEqual([
      '123',
      '4x',
      'y',
      'z',
      '5',
    ]);
  });

  it('fail with all their items when they cannot be sent, but no other batch fails', async () => {
    const batcher = aBatcher(async (items) => {
      if (items.includes('bad')) throw new Error('broken');
      return items;
    });
    const results = await Promise.allSettled(
      ['bad', 'a', 'b', 'c'].map((item) => batcher.add(item)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  it('fail for an item whose result is missing in the response', async () => {
    const batcher = aBatcher(async () => ['only one']);
    const [first, second] = [batcher.add('a'), batcher.add('b')];
    await expect(second).rejects.toThrow('lacks the result');
    await expect(first).resolves.toBe('only one');
  });
});
