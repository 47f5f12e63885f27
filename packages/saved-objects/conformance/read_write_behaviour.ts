import { expect, it } from 'vitest';
import { aNote, GLOBAL, NOTE, noteKey } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const CONFLICT = { name: 'StoreError', code: 'conflict' };

/** Registers tests of single reads and writes. */
export function itReadsAndWrites({ store, reopen }: ConformanceContext): void {
  it('returns a written document unchanged', async () => {
    const document = aNote(
      'a',
      {
        title: 'Zoë "quoted" \\ and \u0000 nul',
        nested: { list: [1, null, { deep: true }], empty: {} },
        big: 2 ** 53 - 1,
        float: 0.1,
      },
      {
        references: [{ name: 'connector', type: 'action', id: 'c-1' }],
        modelVersion: 7,
        updatedAt: '2030-01-02T00:00:00.000Z',
      },
    );
    const { version, ...stored } = await store().put(document);
    expect(stored).toEqual(document);
    expect(version).not.toBe('');
    expect(await store().getMany([document.key], NOTE.name)).toEqual([{ ...document, version }]);
  });

  it('stores a document of several megabytes', async () => {
    const blob = 'é'.repeat(1_500_000);
    await store().put(aNote('big', { blob }));
    const [read] = await store().getMany([noteKey('big')], NOTE.name);
    expect(read?.attributes['blob'] === blob).toBe(true);
  });

  it('returns documents in the order of the keys, and undefined for missing ones', async () => {
    await store().put(aNote('a'));
    await store().put(aNote('b'));
    const keys = ['b', 'missing', 'a', 'b'].map(noteKey);
    const read = await store().getMany(keys, NOTE.name);
    expect(read.map((document) => document?.key)).toEqual([keys[0], undefined, keys[2], keys[3]]);
    expect(await store().getMany([], NOTE.name)).toEqual([]);
  });

  it('reads its own write immediately when the write does not wait for searches', async () => {
    for (let round = 0; round < 20; round += 1) {
      await store().put(aNote('a', { round }), { visibleToSearch: false });
      const [read] = await store().getMany([noteKey('a')], NOTE.name);
      expect(read?.attributes['round']).toBe(round);
    }
  });

  it('shows a write immediately to another connection', async () => {
    const other = await reopen();
    if (other === undefined) return;
    const { version } = await store().put(aNote('a', { rank: 1 }));
    const [read] = await other.getMany([noteKey('a')], NOTE.name);
    expect(read).toMatchObject({ version, attributes: { rank: 1 } });
  });

  it('replaces a document without a condition', async () => {
    await store().put(aNote('a', { title: 'old', owner: 'x' }));
    await store().put(aNote('a', { title: 'new' }));
    const [read] = await store().getMany([noteKey('a')], NOTE.name);
    expect(read?.attributes).toEqual({ title: 'new' });
  });

  it('refuses to create an existing document and does not change it', async () => {
    const first = await store().put(aNote('a', { rank: 1 }), { condition: { ifAbsent: true } });
    const second = store().put(aNote('a', { rank: 2 }), { condition: { ifAbsent: true } });
    await expect(second).rejects.toMatchObject(CONFLICT);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([first]);
  });

  it('refuses a write of an outdated version', async () => {
    const first = await store().put(aNote('a', { rank: 1 }));
    const second = await store().put(aNote('a', { rank: 2 }), {
      condition: { ifVersion: first.version },
    });
    const outdated = store().put(aNote('a', { rank: 3 }), {
      condition: { ifVersion: first.version },
    });
    await expect(outdated).rejects.toMatchObject(CONFLICT);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([second]);
  });

  it('keeps the version when a write changes only the model version', async () => {
    const first = await store().put(aNote('a', { rank: 1 }));
    const condition = { ifVersion: first.version, ifModelVersion: first.modelVersion };
    const migrated = { ...aNote('a', { rank: 1, done: false }), modelVersion: 2 };
    const second = await store().put(migrated, { condition, keepsVersion: true });
    expect(second).toEqual({ ...migrated, version: first.version });
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([second]);
    for (const keepsVersion of [true, false]) {
      const stale = store().put(migrated, { condition, keepsVersion });
      await expect(stale).rejects.toMatchObject(CONFLICT);
    }
    const next = await store().put(aNote('a', { rank: 2 }, { modelVersion: 2 }), {
      condition: { ifVersion: first.version, ifModelVersion: 2 },
    });
    expect(next.version).not.toBe(first.version);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([next]);
    expect(await store().delete(noteKey('a'), NOTE.name, { ifVersion: next.version })).toBe(true);
  });

  it('refuses a write by version of a missing document, and creates nothing', async () => {
    const { version } = await store().put(aNote('other'));
    const write = store().put(aNote('a'), { condition: { ifVersion: version } });
    await expect(write).rejects.toMatchObject(CONFLICT);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([undefined]);
  });

  it('never repeats a version of a key, even after delete and create', async () => {
    const versions = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      versions.add((await store().put(aNote('a', { round: 1 }))).version);
      versions.add((await store().put(aNote('a', { round: 1 }))).version);
      await store().delete(noteKey('a'), NOTE.name);
    }
    expect(versions.size).toBe(20);
  });

  it('refuses the version of a deleted document for a new document with its key', async () => {
    const old = await store().put(aNote('a', { rank: 1 }));
    await store().delete(noteKey('a'), NOTE.name);
    const successor = await store().put(aNote('a', { rank: 1 }));
    const condition = { ifVersion: old.version };
    await expect(store().put(aNote('a'), { condition })).rejects.toMatchObject(CONFLICT);
    await expect(store().delete(noteKey('a'), NOTE.name, condition)).rejects.toMatchObject(
      CONFLICT,
    );
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([successor]);
  });

  it('reports whether a delete found a document', async () => {
    const { version } = await store().put(aNote('a'));
    expect(await store().delete(noteKey('a'), NOTE.name)).toBe(true);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([undefined]);
    expect(await store().delete(noteKey('a'), NOTE.name)).toBe(false);
    expect(await store().delete(noteKey('a'), NOTE.name, { ifVersion: version })).toBe(false);
  });

  it('refuses a delete of an outdated version', async () => {
    const first = await store().put(aNote('a'));
    const second = await store().put(aNote('a'));
    const outdated = store().delete(noteKey('a'), NOTE.name, { ifVersion: first.version });
    await expect(outdated).rejects.toMatchObject(CONFLICT);
    expect(await store().delete(noteKey('a'), NOTE.name, { ifVersion: second.version })).toBe(true);
  });

  it('separates documents of different types', async () => {
    const key = `${GLOBAL.name}:a`;
    await store().put(aNote('a', { rank: 1 }));
    await store().put(aNote('a', { rank: 2 }, { key, type: GLOBAL.name, namespace: undefined }));
    const [read] = await store().getMany([key], GLOBAL.name);
    expect(read).toMatchObject({ namespace: undefined, attributes: { rank: 2 } });
    expect(await store().getMany([key], NOTE.name)).toEqual([undefined]);
  });

  it('can be prepared again by several connections at the same time without loss of documents', async () => {
    await store().put(aNote('a'));
    const others = (await Promise.all([reopen(), reopen(), reopen()])).filter(
      (other) => other !== undefined,
    );
    await Promise.all([store(), ...others].map((each) => each.prepare([NOTE, GLOBAL])));
    expect(await store().getMany([noteKey('a')], NOTE.name)).toMatchObject([{ key: noteKey('a') }]);
  });

  it('resolves a ping while writes work', async () => {
    await expect(store().ping()).resolves.toBeUndefined();
  });

  it('throws [unavailable] after close', async () => {
    await store().close();
    const unavailable = { name: 'StoreError', code: 'unavailable' };
    await expect(store().getMany(['x'], NOTE.name)).rejects.toMatchObject(unavailable);
    await expect(store().put(aNote('a'))).rejects.toMatchObject(unavailable);
    await expect(store().ping()).rejects.toMatchObject(unavailable);
  });
}
