import { describe, expect, it } from 'vitest';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';
import { createEncryptionMock } from './encryption.mock.ts';
import { isConflict, isSavedObjectError, SavedObjectError } from './saved_object_error.ts';
import type { Change } from './types.ts';

interface Note {
  readonly title: string;
  readonly owner?: string;
  readonly rank?: number;
  readonly secret?: string;
}

const agnostic = aNoteType({ name: 'counter', namespaceType: 'agnostic' });
const setUp = (store?: DocumentStore) =>
  startTestService({
    types: [aNoteType(), agnostic],
    ...(store === undefined ? {} : { store }),
  });

/** Creates a store that calls `interfere` before each write. */
function beforeEachWrite(interfere: (inner: DocumentStore) => Promise<void>): DocumentStore {
  const inner = createSqliteStore({ path: ':memory:' });
  return {
    ...inner,
    put: async (...args) => {
      await interfere(inner);
      return inner.put(...args);
    },
    delete: async (...args) => {
      await interfere(inner);
      return inner.delete(...args);
    },
  };
}

/** Writes the note [a] like another process, so that every version read earlier is outdated. */
async function rewriteNote(inner: DocumentStore): Promise<void> {
  const [note] = await inner.getMany(['note:a'], 'note');
  if (note !== undefined) await inner.put(note);
}

describe('changing an object by a function', () => {
  it('merges the changes into the stored object and returns the object before and after', async () => {
    const { repository } = await setUp();
    const created = await repository.create<Note>('note', { title: 'x', owner: 'o' }, { id: 'a' });
    const result = await repository.mutate<Note>('note', 'a', (note) => ({
      rank: (note?.attributes.rank ?? 0) + 1,
      owner: undefined,
    }));
    expect(result).toMatchObject({ outcome: 'updated', before: created });
    expect(result.after?.attributes).toStrictEqual({ title: 'x', rank: 1 });
    expect(await repository.get('note', 'a')).toStrictEqual(result.after);
  });

  it('creates the object when it does not exist', async () => {
    const { repository } = await setUp();
    const seen: unknown[] = [];
    const result = await repository.mutate<Note>('note', 'a', (note) => {
      seen.push(note);
      return { title: 'x', owner: undefined };
    });
    expect(seen).toEqual([undefined]);
    expect(result).toMatchObject({ outcome: 'created', before: undefined });
    expect(await repository.get('note', 'a')).toStrictEqual(result.after);
  });

  it('refuses to create an object without a required attribute', async () => {
    const { repository } = await setUp();
    const creating = repository.mutate<Note>('note', 'a', () => ({ rank: 1 }));
    await expect(creating).rejects.toMatchObject({ code: 'invalid_attributes' });
  });

  it.each(['skip', 'remove'] as const)(
    'does nothing for a missing object when the function returns `%s`',
    async (change) => {
      const { repository } = await setUp();
      expect(await repository.mutate('note', 'a', () => change)).toStrictEqual({
        outcome: 'skipped',
        before: undefined,
        after: undefined,
      });
    },
  );

  it('does not change the object when the function returns `skip`', async () => {
    const { repository } = await setUp();
    const note = await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const result = await repository.mutate<Note>('note', 'a', () => 'skip');
    expect(result).toStrictEqual({ outcome: 'skipped', before: note, after: note });
    expect(await repository.get('note', 'a')).toStrictEqual(note);
  });

  it.each([
    ['note', 'a'],
    ['counter', 'a'],
  ])('deletes a [%s] when the function returns `remove`', async (type, id) => {
    const { repository } = await setUp();
    const before = await repository.create<Note>(type, { title: 'x' }, { id });
    const result = await repository.mutate<Note>(type, id, () => 'remove');
    expect(result).toStrictEqual({ outcome: 'removed', before, after: undefined });
    expect(await repository.getIfExists(type, id)).toBeUndefined();
  });

  it('reads and changes only an object of the given namespace', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a', namespace: 'team' });
    const elsewhere = await repository.mutate<Note>('note', 'a', (note) =>
      note === undefined ? 'skip' : { rank: 1 },
    );
    expect(elsewhere.outcome).toBe('skipped');
    const there = await repository.mutate<Note>('note', 'a', () => ({ rank: 1 }), {
      namespace: 'team',
    });
    expect(there).toMatchObject({ outcome: 'updated', after: { namespace: 'team' } });
  });

  it('loses no change when many callers create and change one object', async () => {
    const { repository } = await setUp();
    const increment = () =>
      repository.mutate<Note>(
        'counter',
        'a',
        (counter) => ({ title: 'x', rank: (counter?.attributes.rank ?? 0) + 1 }),
        { attempts: 50 },
      );
    const results = await Promise.all(Array.from({ length: 20 }, increment));
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect((await repository.get<Note>('counter', 'a')).attributes.rank).toBe(20);
  });

  it('reads the object and calls the function again when the object was deleted before the write', async () => {
    let writes = 0;
    const store = beforeEachWrite(async (inner) => {
      writes += 1;
      if (writes === 2) await inner.delete('note:a', 'note');
    });
    const { repository } = await setUp(store);
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const seen: (string | undefined)[] = [];
    const result = await repository.mutate<Note>('note', 'a', (note): Change<Note> => {
      seen.push(note?.attributes.title);
      return note === undefined ? 'skip' : { rank: 1 };
    });
    expect(result.outcome).toBe('skipped');
    expect(seen).toEqual(['x', undefined]);
  });

  it.each([
    ['a change', { rank: 1 }],
    ['a removal', 'remove'],
  ] as const)('throws [contended] when every attempt at %s has a conflict', async (_, change) => {
    const { repository } = await setUp(beforeEachWrite(rewriteNote));
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    let attempts = 0;
    const mutating = repository.mutate<Note>(
      'note',
      'a',
      () => {
        attempts += 1;
        return change;
      },
      { attempts: 3 },
    );
    const error = await mutating.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(SavedObjectError);
    expect(error).toMatchObject({
      code: 'contended',
      message: 'Saved object [note/a] was changed by other writers on each of 3 attempts.',
      details: { type: 'note', id: 'a' },
      cause: { code: 'conflict' },
    });
    expect(isConflict(error)).toBe(false);
    expect(attempts).toBe(3);
  });

  it('throws [contended] when the id is used in a space that the caller cannot see', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a', namespace: 'team' });
    const creating = repository.mutate<Note>('note', 'a', () => ({ title: 'y' }));
    await expect(creating).rejects.toMatchObject({ code: 'contended' });
  });

  it('rethrows an error of the change function without another attempt', async () => {
    const { repository } = await setUp();
    let attempts = 0;
    const refusing = repository.mutate('note', 'a', () => {
      attempts += 1;
      throw new RangeError('no room');
    });
    await expect(refusing).rejects.toThrow(RangeError);
    expect(attempts).toBe(1);
  });

  it('passes decrypted attributes to the change function only on request', async () => {
    const { repository } = await startTestService({
      types: [aNoteType()],
      encryption: createEncryptionMock({ note: { encrypted: ['secret'] } }),
    });
    await repository.create<Note>('note', { title: 'x', secret: 's' }, { id: 'a' });
    const seen: (string | undefined)[] = [];
    const change = (note: { readonly attributes: Note } | undefined): Change<Note> => {
      seen.push(note?.attributes.secret);
      return { rank: 1 };
    };
    await repository.mutate<Note>('note', 'a', change);
    await repository.mutate<Note>('note', 'a', change, { decrypt: true });
    expect(seen).toEqual([undefined, 's']);
    const kept = await repository.get<Note>('note', 'a', { decrypt: true });
    expect(kept.attributes).toMatchObject({ secret: 's', rank: 1 });
  });
});

describe('waiting until searches find a write', () => {
  it.each([
    [undefined, undefined, true],
    [false, undefined, false],
    [false, true, true],
    [true, false, false],
  ])(
    'with the option %o of the type and the option %o of the call is %o',
    async (ofType, ofCall, expected) => {
      const inner = createSqliteStore({ path: ':memory:' });
      const waits: (boolean | undefined)[] = [];
      const store: DocumentStore = {
        ...inner,
        put: (document, options) => {
          waits.push(options?.visibleToSearch);
          return inner.put(document, options);
        },
        delete: (key, type, options) => {
          waits.push(options?.visibleToSearch);
          return inner.delete(key, type, options);
        },
      };
      const type = aNoteType(ofType === undefined ? {} : { visibleToSearch: ofType });
      const { repository } = await startTestService({ types: [type], store });
      const call = ofCall === undefined ? {} : { visibleToSearch: ofCall };
      await repository.create<Note>('note', { title: 'x' }, { id: 'a', ...call });
      await repository.create<Note>('note', { title: 'x' }, { id: 'a', overwrite: true, ...call });
      await repository.update<Note>('note', 'a', { rank: 1 }, call);
      await repository.mutate<Note>('note', 'a', () => ({ rank: 2 }), call);
      await repository.delete('note', 'a', call);
      await repository.mutate<Note>('note', 'a', () => ({ title: 'x' }), call);
      await repository.mutate<Note>('note', 'a', () => 'remove', call);
      expect(waits).toEqual(Array.from({ length: 7 }, () => expected));
    },
  );
});

describe('the check for an error of the repository', () => {
  const conflict = new SavedObjectError('conflict', 'x', { type: 'note' });

  it('matches an error with one of the given codes', () => {
    expect(isSavedObjectError(conflict, 'not_found', 'conflict')).toBe(true);
    expect(isSavedObjectError(conflict, 'not_found')).toBe(false);
    expect(isSavedObjectError({ code: 'conflict' }, 'conflict')).toBe(false);
  });

  it('counts the codes [conflict] and [not_found] as conflicts', () => {
    expect(isConflict(conflict)).toBe(true);
    expect(isConflict(new SavedObjectError('not_found', 'x', { type: 'note' }))).toBe(true);
    expect(isConflict(new SavedObjectError('store_unavailable', 'x', { type: 'a' }))).toBe(false);
  });
});
