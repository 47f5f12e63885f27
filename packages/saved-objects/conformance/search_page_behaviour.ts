import { expect, it } from 'vitest';
import { filter, type SortField } from '../filter/filter.ts';
import { aNote, GLOBAL, idsOf, idsUpTo, NOTE, putAll } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

/** Registers tests of sorting and paging. */
export function itPages({ store }: ConformanceContext): void {
  const sorted = async (...sort: readonly SortField[]): Promise<readonly string[]> => {
    const { documents } = await store().search({ types: [NOTE.name], sort, limit: 1000 });
    return idsOf(documents);
  };

  it('finds a document in the next search when its write waited for searches', async () => {
    for (let count = 1; count <= 5; count += 1) {
      await store().put(aNote(`n${count}`), { visibleToSearch: true });
      const { total } = await store().search({ types: [NOTE.name], limit: 0 });
      expect(total).toBe(count);
    }
    await store().delete(aNote('n1').key, NOTE.name, { visibleToSearch: true });
    expect((await store().search({ types: [NOTE.name], limit: 10 })).total).toBe(4);
  });

  it('counts every acknowledged write when `seesAllWrites` is set', async () => {
    for (let count = 1; count <= 5; count += 1) {
      await store().put(aNote(`n${count}`));
      const request = { types: [NOTE.name], limit: 0, seesAllWrites: true };
      expect((await store().search(request)).total).toBe(count);
    }
  });

  it('sorts by each type of field in both directions', async () => {
    await putAll(store(), [
      aNote('a', { title: 'b b', rank: 10, dueAt: '2030-01-03T00:00:00.000Z', done: false }),
      aNote('b', { title: 'a z', rank: 9, dueAt: '2030-01-01T00:00:00.000Z', done: true }),
      aNote('c', { title: 'b a', rank: 100, dueAt: '2030-01-02T00:00:00.000Z', done: false }),
    ]);
    expect(await sorted({ field: 'title', order: 'asc' })).toEqual(['b', 'c', 'a']);
    expect(await sorted({ field: 'title', order: 'desc' })).toEqual(['a', 'c', 'b']);
    expect(await sorted({ field: 'rank', order: 'asc' })).toEqual(['b', 'a', 'c']);
    expect(await sorted({ field: 'dueAt', order: 'desc' })).toEqual(['a', 'c', 'b']);
    expect((await sorted({ field: 'done', order: 'desc' }))[0]).toBe('b');
  });

  it('sorts by the instant of the last write', async () => {
    await putAll(store(), [
      aNote('a', {}, { updatedAt: '2030-01-02T00:00:00.000Z' }),
      aNote('b', {}, { updatedAt: '2030-01-01T00:00:00.000Z' }),
    ]);
    expect(await sorted({ field: 'updatedAt', order: 'asc' })).toEqual(['b', 'a']);
  });

  it('sorts documents without the field last, in both directions', async () => {
    await putAll(store(), [aNote('a'), aNote('b', { rank: 2 }), aNote('c', { rank: 1 })]);
    expect(await sorted({ field: 'rank', order: 'asc' })).toEqual(['c', 'b', 'a']);
    expect(await sorted({ field: 'rank', order: 'desc' })).toEqual(['b', 'c', 'a']);
  });

  it('sorts by a second field when the first is equal', async () => {
    await putAll(store(), [
      aNote('a', { owner: 'x', rank: 1 }),
      aNote('b', { owner: 'x', rank: 2 }),
      aNote('c', { owner: 'w', rank: 0 }),
    ]);
    const fields = [
      { field: 'owner', order: 'asc' },
      { field: 'rank', order: 'desc' },
    ] as const;
    expect(await sorted(...fields)).toEqual(['c', 'b', 'a']);
  });

  it.each(['asc', 'desc'] as const)(
    'returns every document on exactly one page when all sort values are equal (%s)',
    async (order) => {
      const ids = idsUpTo(57);
      await putAll(
        store(),
        ids.map((id) => aNote(id, { owner: 'same' })),
      );
      const seen: string[] = [];
      for (let offset = 0; offset < 60; offset += 10) {
        const page = await store().search({
          types: [NOTE.name],
          sort: [{ field: 'owner', order }],
          offset,
          limit: 10,
        });
        expect(page.total).toBe(57);
        seen.push(...idsOf(page.documents));
      }
      expect(seen.toSorted()).toEqual(ids);
    },
  );

  it('counts all matches, even for a page after the last one and with a limit of 0', async () => {
    await putAll(
      store(),
      idsUpTo(12).map((id, rank) => aNote(id, { rank })),
    );
    const condition = filter.before('rank', 7);
    const request = { types: [NOTE.name], filter: condition };
    expect(await store().search({ ...request, limit: 0 })).toEqual({ documents: [], total: 7 });
    expect(await store().search({ ...request, offset: 50, limit: 5 })).toEqual({
      documents: [],
      total: 7,
    });
    expect((await store().search({ ...request, limit: 3 })).total).toBe(7);
  });

  it('sorts and pages documents of several types together', async () => {
    await putAll(store(), [
      aNote('a', { rank: 1 }),
      aNote('b', { rank: 3 }),
      aNote('g', { rank: 2 }, { key: `${GLOBAL.name}:g`, type: GLOBAL.name, namespace: undefined }),
    ]);
    const request = {
      types: [NOTE.name, GLOBAL.name],
      sort: [{ field: 'rank', order: 'asc' }] as const,
      limit: 2,
    };
    const first = await store().search(request);
    const second = await store().search({ ...request, offset: 2 });
    expect([first.total, second.total]).toEqual([3, 3]);
    expect(idsOf([...first.documents, ...second.documents])).toEqual(['a', 'g', 'b']);
    expect(first.documents.map(({ type }) => type)).toEqual([NOTE.name, GLOBAL.name]);
  });
}
