import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEncryptionMock } from '../repository/encryption.mock.ts';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore, DocumentToStore } from '../store/document_store.ts';
import { type RunningScript, runScript } from '../stores/sqlite/child_process.mock.ts';
import { aBuildWith, aFirstNote } from './note_versions.mock.ts';
import { aSheetBuild, type Sheet, sheetSecrets } from './rolling_versions.mock.ts';
import { openStoreAt, type StoreLocation } from './store_location.mock.ts';

const MIGRATE = new URL('./migrate_process.mock.ts', import.meta.url);
const ROLL = new URL('./rolling_process.mock.ts', import.meta.url);
/** Number of notes. They fill many batches, so that a process can be killed between two of them. */
const NOTES = 2_400;
const SHEETS = 800;
/** Number of sheets that all processes update. */
const BUSY_SHEETS = 40;
const PUT_BATCH_SIZE = 500;

/** An empty store for one test. */
export interface LocatedStore {
  readonly location: StoreLocation;
  /** Deletes the store. */
  readonly cleanup: () => Promise<void>;
}

/** Registers tests of migrations in several processes. Every store must pass them. */
export function itMigratesWithProcesses(locate: () => Promise<LocatedStore>): void {
  let located: LocatedStore;
  let store: DocumentStore;
  let scripts: RunningScript[];

  beforeEach(async () => {
    scripts = [];
    located = await locate();
    store = openStoreAt(located.location);
  });
  afterEach(async () => {
    await Promise.all(scripts.map((script) => script.killHard()));
    await store.close();
    await located.cleanup();
  });

  const run = (script: URL, ...args: readonly string[]): RunningScript => {
    const running = runScript(script, JSON.stringify(located.location), ...args);
    scripts.push(running);
    return running;
  };

  async function putAll(documents: readonly DocumentToStore[]): Promise<void> {
    for (let from = 0; from < documents.length; from += PUT_BATCH_SIZE) {
      const batch = documents.slice(from, from + PUT_BATCH_SIZE);
      await Promise.all(batch.map((document) => store.put(document)));
    }
  }

  async function putNotes(): Promise<void> {
    await store.prepare([aBuildWith(1)]);
    await putAll(Array.from({ length: NOTES }, (_, rank) => aFirstNote(rank)));
  }

  async function countNotes(): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    const seen = new Set<unknown>();
    for await (const batch of store.iterate({ types: ['note'], batchSize: 1000 })) {
      for (const { modelVersion, attributes } of batch) {
        counts[modelVersion] = (counts[modelVersion] ?? 0) + 1;
        seen.add(attributes['rank']);
        const isMigrated = attributes['kind'] === 'plain' && attributes['words'] === 3;
        expect(isMigrated).toBe(modelVersion === 3);
      }
    }
    expect(seen.size).toBe(NOTES);
    return counts;
  }

  it('continues the migration of a killed process without loss of documents', async () => {
    await putNotes();
    // The process suspends itself between two batches; otherwise it could finish before the kill.
    const first = run(MIGRATE, '3', 'freeze');
    expect(await first.nextLine()).toContain(`of ${NOTES} migrated`);
    await first.killHard();
    const { 1: left = 0, 3: done = 0 } = await countNotes();
    expect(left + done).toBe(NOTES);
    expect(Math.min(left, done)).toBeGreaterThan(0);

    const lines = await run(MIGRATE, '3').restOfLines();
    expect(lines).toContain(
      `Finished the migration of [note] objects to model version 3: ${left} migrated`,
    );
    expect(lines.at(-1)).toBe('started');
    expect(await countNotes()).toEqual({ 3: NOTES });
  });

  it('migrates each document exactly once when two processes migrate at the same time', async () => {
    await putNotes();
    const outputs = await Promise.all([1, 2].map(() => run(MIGRATE, '3').restOfLines()));
    expect(outputs.map((lines) => lines.at(-1))).toEqual(['started', 'started']);
    const migrated = outputs
      .flat()
      .map((line) => Number(/Finished .*: (\d+) migrated/.exec(line)?.[1] ?? 0));
    expect(migrated.reduce((sum, count) => sum + count, 0)).toBe(NOTES);
    expect(await countNotes()).toEqual({ 3: NOTES });
  });

  it('loses no attribute and repeats no backfill in a rolling upgrade with concurrent writes', async () => {
    await putSheets();
    const older = [run(ROLL, '1', String(BUSY_SHEETS)), run(ROLL, '1', String(BUSY_SHEETS))];
    for (const script of older) await reaches(script, 60);
    // The newer build migrates while both processes of the older build write.
    const newer = [run(ROLL, '2', String(BUSY_SHEETS))];
    await reaches(newer[0], 60);
    const reports = [await stopped(older[0])];
    newer.push(run(ROLL, '2', String(BUSY_SHEETS)));
    await reaches(newer[1], 60);
    reports.push(await stopped(older[1]), await stopped(newer[0]), await stopped(newer[1]));
    expect(reports.flatMap(({ wrong }) => wrong)).toEqual([]);
    await expectAllWritten(reports);
  });

  async function putSheets(): Promise<void> {
    await store.prepare([aSheetBuild(1)]);
    const { encrypt } = createEncryptionMock(sheetSecrets(1));
    const sheets = Array.from({ length: SHEETS }, (_, i): DocumentToStore => {
      const plain = { title: 'x', legacy: 'l', secret: 's0', vault: { key: 'k' } };
      const attributes = encrypt({ type: 'sheet', id: `s${i}` }, plain);
      return { ...aFirstNote(0), key: `sheet:s${i}`, type: 'sheet', attributes };
    });
    await putAll(sheets);
  }

  async function expectAllWritten(reports: readonly Report[]): Promise<void> {
    const count = (builds: readonly Report[], id: string): number =>
      builds.reduce((sum, { written }) => sum + (written[id] ?? 0), 0);
    const { repository } = await startTestService({
      types: [aSheetBuild(2)],
      store,
      encryption: createEncryptionMock(sheetSecrets(2)),
    });
    for (let i = 0; i < BUSY_SHEETS; i += 1) {
      const { attributes } = await repository.get<Sheet>('sheet', `s${i}`, { decrypt: true });
      const { olds = 0, news = 0, meta, ...rest } = attributes;
      expect({ i, olds, news }).toEqual({
        i,
        olds: count(reports.slice(0, 2), `s${i}`),
        news: count(reports.slice(2), `s${i}`),
      });
      expect({ seen: meta?.seen ?? 0, fresh: meta?.fresh ?? 0 }).toEqual({
        seen: olds,
        fresh: news,
      });
      expect(rest).toStrictEqual({
        title: 'x',
        kind: 'plain',
        filled: 1,
        secret: `s${olds}`,
        vault: { key: 'k', ...(news === 0 ? {} : { spare: `sp${news}` }) },
        ...(news === 0 ? {} : { token: `t${news}` }),
      });
    }
    const created = reports.flatMap((report) => report.created).length;
    let total = 0;
    for await (const batch of repository.iterate<Sheet>({ type: 'sheet' })) {
      total += batch.length;
      for (const { attributes } of batch) {
        expect(attributes).toMatchObject({ kind: 'plain', filled: 1 });
        expect(attributes).not.toHaveProperty('legacy');
      }
    }
    expect(total).toBe(SHEETS + created);
  }
}

interface Report {
  readonly written: Readonly<Record<string, number>>;
  readonly created: readonly string[];
  readonly wrong: readonly string[];
}

const wrongLines = new WeakMap<RunningScript, string[]>();

/** Waits until the process reports the number of operations, and collects its `wrong` lines. */
async function reaches(script: RunningScript | undefined, operations: number): Promise<void> {
  if (script === undefined) throw new Error('The process was not started.');
  const wrong = wrongLines.get(script) ?? [];
  wrongLines.set(script, wrong);
  const line = await script.nextLine((each) => {
    if (each.startsWith('wrong')) wrong.push(each);
    return each === `ops ${operations}`;
  });
  if (line === undefined) {
    throw new Error(`The process ended before ${operations} operations: ${wrong}`);
  }
}

async function stopped(script: RunningScript | undefined): Promise<Report> {
  if (script === undefined) throw new Error('The process was not started.');
  script.send('stop');
  const lines = await script.restOfLines();
  const wrong = [
    ...(wrongLines.get(script) ?? []),
    ...lines.filter((each) => each.startsWith('wrong')),
  ];
  return { wrong, ...JSON.parse(lines.at(-1) ?? '') };
}
