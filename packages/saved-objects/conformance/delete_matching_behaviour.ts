import { expect, it } from 'vitest';
import { filter } from '../filter/filter.ts';
import type { DeleteMatchingOptions } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { aNote, GLOBAL, idsUpTo, NOTE, noteKey, putAll } from './documents.ts';
import { repositoryOn } from './repository_on.ts';
import type { ConformanceContext } from './store_under_test.ts';

/** Number of notes, more than one batch of a deletion. */
const COUNT = 120;

/** Registers tests of deletions by a filter. */
export function itDeletesMatching({ store }: ConformanceContext): void {
  const ids = idsUpTo(COUNT);
  const putNotes = (): Promise<void> =>
    putAll(
      store(),
      ids.map((id, rank) => aNote(id, { rank })),
    );
  const deleteOn = (
    target: DocumentStore,
    over: Partial<DeleteMatchingOptions> = {},
  ): Promise<number> =>
    repositoryOn(target, NOTE).deleteMatching({
      type: NOTE.name,
      filter: filter.before('rank', COUNT),
      ...over,
    });
  const left = async (): Promise<readonly string[]> => {
    const found = await store().getMany(ids.map(noteKey), NOTE.name);
    return ids.filter((_, i) => found[i] !== undefined);
  };

  it('deletes every object that matches the filter, and returns the number of deleted objects', async () => {
    await putNotes();
    expect(await deleteOn(store(), { filter: filter.before('rank', COUNT - 1) })).toBe(COUNT - 1);
    expect(await left()).toEqual(ids.slice(-1));
  });

  it('deletes in the given spaces only', async () => {
    await putNotes();
    const over = { namespace: 'team' };
    await putAll(store(), [aNote('there', { rank: 1 }, over), aNote('here', { rank: 1 })]);
    expect(await deleteOn(store(), { namespaces: ['team'] })).toBe(1);
    expect(await left()).toEqual(ids);
    expect(await deleteOn(store(), { namespaces: ['*'] })).toBe(COUNT + 1);
  });

  it('keeps an object that was changed after it was found', async () => {
    await putNotes();
    const id = ids[7] ?? '';
    const changing: DocumentStore = {
      ...store(),
      iterate: async function* (request) {
        for await (const batch of store().iterate(request)) {
          if (batch.some(({ key }) => key === noteKey(id))) await store().put(aNote(id));
          yield batch;
        }
      },
    };
    expect(await deleteOn(changing)).toBe(COUNT - 1);
    expect(await left()).toEqual([id]);
  });

  it('keeps an object without a space that was changed after it was found', async () => {
    const keyOf = (id: string) => `${GLOBAL.name}:${id}`;
    const global = (id: string) =>
      aNote(id, { rank: 1 }, { key: keyOf(id), type: GLOBAL.name, namespace: undefined });
    await putAll(store(), [global('a'), global('b')]);
    const changing: DocumentStore = {
      ...store(),
      iterate: async function* (request) {
        for await (const batch of store().iterate(request)) {
          await store().put(global('a'));
          yield batch;
        }
      },
    };
    const options = { type: GLOBAL.name, filter: filter.before('rank', COUNT) };
    expect(await repositoryOn(changing, GLOBAL).deleteMatching(options)).toBe(1);
    const found = await store().getMany(['a', 'b'].map(keyOf), GLOBAL.name);
    expect(found.map((document) => document !== undefined)).toEqual([true, false]);
  });

  it('rejects when one object cannot be deleted, but deletes the others first', async () => {
    await putNotes();
    const id = ids[7] ?? '';
    const failing: DocumentStore = {
      ...store(),
      delete: async (key, ...rest) => {
        if (key === noteKey(id)) throw new StoreError('unavailable', 'The store is unavailable.');
        return store().delete(key, ...rest);
      },
    };
    await expect(deleteOn(failing)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await left()).toEqual([id]);
    expect(await deleteOn(store())).toBe(1);
  });

  it('deletes no further batch after an abort', async () => {
    await putNotes();
    const stopping = new AbortController();
    const aborting: DocumentStore = {
      ...store(),
      delete: async (...args) => {
        stopping.abort();
        return store().delete(...args);
      },
    };
    const deleted = await deleteOn(aborting, { signal: stopping.signal });
    expect(deleted).toBeGreaterThan(0);
    expect(deleted).toBeLessThan(COUNT);
    expect(await left()).toHaveLength(COUNT - deleted);
  });

  it('rejects when the search for the objects fails', async () => {
    const broken: DocumentStore = {
      ...store(),
      iterate: () => {
        throw new StoreError('unavailable', 'The store is unavailable.');
      },
    };
    await expect(deleteOn(broken)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
}
