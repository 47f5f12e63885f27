import { describe, expect, it } from 'vitest';
import { ConnectorActionError } from '../contract/errors.ts';
import { findInPages } from './walk_pages.ts';

const PAGES = [
  { items: ['a', 'b'], nextCursor: 1 },
  { items: ['c'], nextCursor: 2 },
  { items: ['d'] },
];

/**
 * Searches an item in {@link PAGES}. An error in the list stands for a page that cannot be read.
 */
const find = async (
  wanted: string,
  { maxPages = 10, failures = {} }: { maxPages?: number; failures?: Record<number, Error> } = {},
) => {
  const read: (string | undefined)[] = [];
  const found = await findInPages(
    { signal: new AbortController().signal },
    {
      name: 'Sample API',
      items: 'items',
      cursor: undefined,
      maxPages,
      read: async (cursor) => {
        read.push(cursor);
        const number = Number(cursor ?? 0);
        if (failures[number] !== undefined) throw failures[number];
        return PAGES[number] ?? { items: [] };
      },
      isWanted: (item) => item === wanted,
    },
  );
  return { ...found, read };
};

const failure = (status: number) =>
  new ConnectorActionError('vendor_error', `Sample API error (${status})`, {
    status,
    whoActs: status < 500 ? 'user' : 'nobody',
  });

describe('the search of an item in a list', () => {
  it('reads no page after the one with the item, and returns the cursor of the next page', async () => {
    expect(await find('c')).toEqual({
      item: 'c',
      pagesRead: 2,
      nextCursor: '2',
      read: [undefined, '1'],
    });
  });

  it('ends at the last page, or after the maximum number of pages', async () => {
    expect(await find('x')).toMatchObject({ item: undefined, pagesRead: 3, nextCursor: undefined });
    expect(await find('d', { maxPages: 1 })).toMatchObject({
      item: undefined,
      pagesRead: 1,
      nextCursor: '1',
    });
  });

  it('ends before a page with a temporary failure, and fails if the first page has one', async () => {
    expect(await find('d', { failures: { 2: failure(503) } })).toMatchObject({
      item: undefined,
      pagesRead: 2,
      nextCursor: '2',
    });
    await expect(find('d', { failures: { 0: failure(503) } })).rejects.toThrow('503');
    await expect(find('d', { failures: { 2: failure(400) } })).rejects.toThrow('400');
  });
});
