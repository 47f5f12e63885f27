import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncryptionMock } from '../repository/encryption.mock.ts';
import { startTestService } from '../service/test_service.mock.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aSheetBuild, type Sheet, sheetSecrets } from './rolling_versions.mock.ts';

const NEW_SHEET: Sheet = {
  title: 'x',
  kind: 'rich',
  news: 3,
  meta: { seen: 1, fresh: 2 },
  secret: 's',
  vault: { key: 'k', spare: 'sp' },
  token: 't',
};

const buildOn = (store: ReturnType<typeof createSqliteStore>, count: number) =>
  startTestService({
    types: [aSheetBuild(count)],
    store,
    encryption: createEncryptionMock(sheetSecrets(count)),
  });

async function bothBuilds() {
  const store = createSqliteStore({ path: ':memory:' });
  const older = await buildOn(store, 1);
  const newer = await buildOn(store, 2);
  const read = async (id: string): Promise<Sheet> =>
    (await newer.repository.get<Sheet>('sheet', id, { decrypt: true })).attributes;
  return { store, older: older.repository, newer: newer.repository, read };
}

describe('two builds side by side', () => {
  it('keep members that only the newer build knows, even in ciphertext, when the older build updates', async () => {
    const { older, newer, read } = await bothBuilds();
    await newer.create<Sheet>('sheet', NEW_SHEET, { id: 'a' });
    await older.update<Sheet>('sheet', 'a', { olds: 7, meta: { seen: 5 }, vault: { key: 'k2' } });
    expect(await read('a')).toStrictEqual({
      ...NEW_SHEET,
      olds: 7,
      meta: { seen: 5, fresh: 2 },
      vault: { key: 'k2', spare: 'sp' },
      filled: 1,
    });
  });

  it('keep unknown encrypted members when the older build replaces all its encrypted attributes', async () => {
    const { older, newer, read } = await bothBuilds();
    await newer.create<Sheet>('sheet', NEW_SHEET, { id: 'a' });
    await older.update<Sheet>('sheet', 'a', { secret: 's2', vault: { key: 'k2' } });
    expect(await read('a')).toMatchObject({
      secret: 's2',
      vault: { key: 'k2', spare: 'sp' },
      token: 't',
    });
  });

  it('remove an attribute with its unknown members when the older build removes that attribute', async () => {
    const { older, newer, read } = await bothBuilds();
    await newer.create<Sheet>('sheet', NEW_SHEET, { id: 'a' });
    await older.update<Sheet>('sheet', 'a', { meta: undefined, vault: undefined });
    const { meta: _, vault: __, ...rest } = NEW_SHEET;
    expect(await read('a')).toStrictEqual({ ...rest, filled: 1 });
  });

  it('hide a removed attribute from the newer build when the older build writes it again', async () => {
    const { store, older, newer, read } = await bothBuilds();
    await newer.create<Sheet>('sheet', NEW_SHEET, { id: 'a' });
    await older.update<Sheet>('sheet', 'a', { legacy: 'again' });
    expect(await read('a')).not.toHaveProperty('legacy');
    const { savedObjects } = await newer.find<Sheet>({ type: 'sheet' });
    expect(savedObjects[0]?.attributes).not.toHaveProperty('legacy');
    await newer.update<Sheet>('sheet', 'a', { title: 'y' });
    const [document] = await store.getMany(['sheet:a'], 'sheet');
    expect(document?.attributes).not.toHaveProperty('legacy');
  });

  it('accept a version in both builds that was read before a migration', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const older = await buildOn(store, 1);
    const before = await older.repository.create<Sheet>('sheet', { title: 'x' }, { id: 'a' });
    const newer = await buildOn(store, 2);
    const { version } = await newer.repository.get<Sheet>('sheet', 'a');
    expect(version).toBe(before.version);
    const edited = await older.repository.update<Sheet>('sheet', 'a', { olds: 1 }, { version });
    const outdated = newer.repository.update<Sheet>('sheet', 'a', { news: 1 }, { version });
    await expect(outdated).rejects.toMatchObject({ code: 'conflict' });
    await newer.repository.delete('sheet', 'a', { version: edited.version });
  });

  it('merge into the migrated document when the migration runs between read and write', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    let migrate = async (): Promise<unknown> => undefined;
    const older = await buildOn(
      {
        ...store,
        put: async (...args) => {
          await migrate();
          return store.put(...args);
        },
      },
      1,
    );
    const { version } = await older.repository.create<Sheet>('sheet', { title: 'x' }, { id: 'a' });
    let starts = 0;
    migrate = async () => {
      starts += 1;
      if (starts === 1) await buildOn(store, 2);
    };
    await older.repository.update<Sheet>('sheet', 'a', { olds: 1 }, { version });
    expect(starts).toBe(2);
    const [document] = await store.getMany(['sheet:a'], 'sheet');
    expect(document).toMatchObject({
      modelVersion: 2,
      attributes: { title: 'x', olds: 1, kind: 'plain', filled: 1 },
    });
  });

  it('backfill every document exactly once, even when the older build writes it again', async () => {
    const { store, older } = await bothBuilds();
    await older.create<Sheet>('sheet', { title: 'x', legacy: 'l' }, { id: 'a' });
    for (let round = 0; round < 3; round += 1) {
      const newer = await buildOn(store, 2);
      await older.update<Sheet>('sheet', 'a', { olds: round });
      const { attributes } = await newer.repository.get<Sheet>('sheet', 'a');
      expect(attributes).toStrictEqual({ title: 'x', kind: 'plain', filled: 1, olds: round });
    }
    const [document] = await store.getMany(['sheet:a'], 'sheet');
    expect(document?.modelVersion).toBe(2);
  });
});

const counter = fc.nat({ max: 5 });
const newerSheet = fc.record(
  {
    title: fc.string({ maxLength: 5 }),
    kind: fc.constantFrom('plain' as const, 'rich' as const),
    filled: counter,
    olds: counter,
    news: counter,
    meta: fc.record({ seen: counter, fresh: counter }, { requiredKeys: ['seen'] }),
    secret: fc.string(),
    vault: fc.record({ key: fc.string(), spare: fc.string() }, { requiredKeys: ['key'] }),
    token: fc.string(),
  },
  { requiredKeys: ['title', 'kind', 'filled'] },
);
const olderPatch = fc.record(
  {
    title: fc.string({ maxLength: 5 }),
    legacy: fc.string(),
    olds: counter,
    meta: fc.option(fc.record({ seen: counter }), { nil: undefined }),
    secret: fc.option(fc.string(), { nil: undefined }),
    vault: fc.option(fc.record({ key: fc.string() }), { nil: undefined }),
  },
  { requiredKeys: [] },
);

/** The attributes that a read must return after the older build applied its patch. */
function expected(sheet: Sheet, { legacy: _, ...patch }: Partial<Sheet>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...sheet, ...patch };
  if (patch.meta !== undefined)
    result['meta'] = { ...unknownOf(sheet.meta, 'fresh'), ...patch.meta };
  if (patch.vault !== undefined) {
    result['vault'] = { ...unknownOf(sheet.vault, 'spare'), ...patch.vault };
  }
  return JSON.parse(JSON.stringify(result));
}

function unknownOf(object: object | undefined, name: string): object {
  return Object.fromEntries(Object.entries(object ?? {}).filter(([key]) => key === name));
}

describe('an update by the older build', () => {
  it('changes only the attributes of its patch, for any document and patch', async () => {
    const { older, newer, read } = await bothBuilds();
    let id = 0;
    await fc.assert(
      fc.asyncProperty(
        newerSheet,
        fc.array(olderPatch, { maxLength: 3 }),
        async (sheet, patches) => {
          id += 1;
          await newer.create<Sheet>('sheet', sheet as Sheet, { id: `s${id}` });
          let known = sheet as Sheet;
          for (const patch of patches) {
            await older.update<Sheet>('sheet', `s${id}`, patch as Partial<Sheet>);
            known = expected(known, patch as Partial<Sheet>) as unknown as Sheet;
          }
          expect(await read(`s${id}`)).toEqual(known);
        },
      ),
      { numRuns: 200 },
    );
  });
});
