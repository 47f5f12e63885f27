import { expect, it } from 'vitest';
import { filter } from '../filter/filter.ts';
import type { IterateRequest, StoredDocument } from '../store/document_store.ts';
import { aNote, GLOBAL, idsOf, idsUpTo, NOTE, noteKey, putAll } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const COUNT = 120;

/** Registers tests of iterations. */
export function itIterates({ store }: ConformanceContext): void {
  const request: IterateRequest = { types: [NOTE.name], batchSize: 7 };
  const collect = async (
    over: Partial<IterateRequest> = {},
    onBatch: (batch: readonly StoredDocument[]) => Promise<void> = async () => {},
  ): Promise<readonly string[]> => {
    const seen: string[] = [];
    for await (const batch of store().iterate({ ...request, ...over })) {
      expect(batch.length).toBeGreaterThan(0);
      expect(batch.length).toBeLessThanOrEqual(request.batchSize);
      seen.push(...idsOf(batch));
      await onBatch(batch);
    }
    return seen;
  };
  const ids = idsUpTo(COUNT);
  const putNotes = (): Promise<void> =>
    putAll(
      store(),
      ids.map((id, rank) => aNote(id, { rank, owner: rank % 2 === 0 ? 'even' : 'odd' })),
    );

  it('yields every document once, in batches of at most the given size', async () => {
    await putNotes();
    const seen = await collect();
    expect(seen.toSorted()).toEqual(ids);
  });

  it('yields nothing when nothing is stored', async () => {
    expect(await collect()).toEqual([]);
  });

  it('yields only documents that match filter and namespaces', async () => {
    await putNotes();
    await putAll(store(), [aNote('elsewhere', { owner: 'odd' }, { namespace: 'team' })]);
    const odd = await collect({ filter: filter.equals('owner', 'odd'), namespaces: ['default'] });
    expect(odd.toSorted()).toEqual(ids.filter((_, i) => i % 2 === 1));
    expect(await collect({ namespaces: ['team'] })).toEqual(['elsewhere']);
    const condition = filter.and(
      filter.not(filter.equals('owner', 'odd')),
      filter.after('rank', 110),
    );
    expect((await collect({ filter: condition })).toSorted()).toEqual([
      'n0112',
      'n0114',
      'n0116',
      'n0118',
    ]);
  });

  it('yields documents of all requested types when several are requested', async () => {
    await putAll(store(), [
      aNote('a'),
      aNote('g', {}, { key: `${GLOBAL.name}:g`, type: GLOBAL.name, namespace: undefined }),
    ]);
    expect((await collect({ types: [NOTE.name, GLOBAL.name] })).toSorted()).toEqual(['a', 'g']);
  });

  it('yields each document at most once while all of them are written', async () => {
    await putNotes();
    let round = 0;
    const seen = await collect({ filter: filter.after('rank', -1) }, async (batch) => {
      round += 1;
      const touched = [...batch, ...ids.slice(0, 10).map((id) => ({ key: noteKey(id) }))];
      await putAll(
        store(),
        idsOf(touched).map((id) =>
          aNote(id, { rank: 1000 + round }, { updatedAt: '2031-01-01T00:00:00.000Z' }),
        ),
      );
    });
    expect(seen.toSorted()).toEqual(ids);
  });

  it('yields every document that exists all the time while others are created and deleted', async () => {
    await putNotes();
    let round = 0;
    const seen = await collect({}, async () => {
      round += 1;
      await store().put(aNote(`n0000-new-${round}`));
      await store().put(aNote(`zz-new-${round}`));
      await store().delete(noteKey(`n0000-new-${round}`), NOTE.name);
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => !id.includes('new')).toSorted()).toEqual(ids);
  });

  it('starts from the beginning after an earlier iteration was stopped', async () => {
    await putNotes();
    for await (const batch of store().iterate(request)) {
      expect(batch).toHaveLength(request.batchSize);
      break;
    }
    expect((await collect()).length).toBe(COUNT);
    await store().put(aNote(ids[0] ?? '', { rank: 5 }));
  });

  it('refuses a field without a mapping and names it', async () => {
    const iteration = collect({ filter: filter.exists('secret') });
    await expect(iteration).rejects.toThrow('[secret]');
  });
}
