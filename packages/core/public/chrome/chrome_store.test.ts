import { describe, expect, it } from 'vitest';
import type { HeaderItem } from '../types.ts';
import { ChromeStore } from './chrome_store.ts';

const item = (id: string, order: number): HeaderItem => ({
  id,
  order,
  side: 'left',
  load: async () => () => null,
});

describe('the store of the frame', () => {
  it('keeps header items sorted and unique, and removes all items of a plugin', () => {
    const store = new ChromeStore();
    store.registerHeaderItem(item('b', 2), 'one');
    store.registerHeaderItem(item('a', 1), 'two');
    expect(() => store.registerHeaderItem(item('a', 3), 'one')).toThrow('[a]');
    expect(store.getSnapshot().headerItems.map(({ id }) => id)).toEqual(['a', 'b']);
    store.removeOf('one');
    expect(store.getSnapshot().headerItems.map(({ id }) => id)).toEqual(['a']);
  });
});
