/**
 * A process of one build that creates and updates sheets:
 * `node rolling_process.mock.ts LOCATION BUILD SHEETS`. Prints `ready`, then `ops N` after every
 * {@link REPORT_EVERY} operations. After it reads `stop` it prints a line of JSON with its writes.
 * A line that begins with `wrong` reports a violated expectation.
 */
import { createInterface } from 'node:readline';
import { createEncryptionMock } from '../repository/encryption.mock.ts';
import { SavedObjectError } from '../repository/saved_object_error.ts';
import type { SavedObjectsRepository } from '../repository/types.ts';
import { createSavedObjectsService } from '../service/saved_objects_service.ts';
import { aSheetBuild, type Sheet, sheetSecrets } from './rolling_versions.mock.ts';
import { locationFrom, openStoreAt } from './store_location.mock.ts';

const CONCURRENCY = 4;
const REPORT_EVERY = 20;
/** Every tenth operation also creates a sheet. */
const CREATE_EVERY = 10;

const [location, build, sheets] = process.argv.slice(2);
const isOlder = build === '1';
const written = new Map<string, number>();
const created: string[] = [];
let operations = 0;
let isStopping = false;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const ignore = (): void => {};
const service = createSavedObjectsService({
  store: openStoreAt(locationFrom(location)),
  logger: { debug: ignore, info: ignore, warn: print, error: print },
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
});
service.setup.registerType(aSheetBuild(Number(build)));
service.setup.registerEncryption(createEncryptionMock(sheetSecrets(Number(build))));
const repository = (await service.start()).createRepository();
createInterface({ input: process.stdin }).once('line', () => {
  isStopping = true;
});
print('ready');
await Promise.all(Array.from({ length: CONCURRENCY }, () => work(repository)));
await service.stop();
print(JSON.stringify({ written: Object.fromEntries(written), created }));
process.exit(0);

async function work(sheetsOf: SavedObjectsRepository): Promise<void> {
  while (!isStopping) {
    operations += 1;
    if (operations % REPORT_EVERY === 0) print(`ops ${operations}`);
    try {
      if (operations % CREATE_EVERY === 0) created.push(await createSheet(sheetsOf));
      const id = `s${Math.floor(Math.random() * Number(sheets))}`;
      if (await writeSheet(sheetsOf, id)) written.set(id, (written.get(id) ?? 0) + 1);
    } catch (error) {
      print(`wrong: ${String(error)}`);
    }
  }
}

async function createSheet(sheetsOf: SavedObjectsRepository): Promise<string> {
  const sheet: Sheet = isOlder
    ? { title: 'made', legacy: 'l', secret: 'made' }
    : { title: 'made', kind: 'plain', secret: 'made' };
  return (await sheetsOf.create<Sheet>('sheet', sheet)).id;
}

/**
 * Applies the patch of this build to a sheet.
 * @returns `false` when another process changed the sheet after it was read
 */
async function writeSheet(sheetsOf: SavedObjectsRepository, id: string): Promise<boolean> {
  const { attributes, version } = await sheetsOf.get<Sheet>('sheet', id, { decrypt: true });
  const patch = isOlder ? olderPatch(attributes) : newerPatch(attributes);
  try {
    await sheetsOf.update<Sheet>('sheet', id, patch, { version, visibleToSearch: false });
    return true;
  } catch (error) {
    if (error instanceof SavedObjectError && error.code === 'conflict') return false;
    throw error;
  }
}

function olderPatch(sheet: Sheet): Partial<Sheet> {
  const { olds = 0, vault, secret } = sheet;
  const foreign = ['kind', 'filled', 'news', 'token'].find((name) => Object.hasOwn(sheet, name));
  if (foreign !== undefined) print(`wrong: the older build reads the unknown attribute ${foreign}`);
  if (vault?.key !== 'k' || Object.hasOwn(vault, 'spare') || secret !== `s${olds}`) {
    print(`wrong: the older build reads an unexpected document: ${JSON.stringify(sheet)}`);
  }
  const next = olds + 1;
  return {
    olds: next,
    meta: { seen: next },
    secret: `s${next}`,
    legacy: 'again',
    vault: { key: 'k' },
  };
}

function newerPatch(sheet: Sheet): Partial<Sheet> {
  const { kind, filled, news = 0, olds = 0, meta, vault, token, secret } = sheet;
  const isIntact =
    kind === 'plain' &&
    filled === 1 &&
    !Object.hasOwn(sheet, 'legacy') &&
    secret === `s${olds}` &&
    (meta?.seen ?? 0) === olds &&
    (meta?.fresh ?? 0) === news &&
    vault?.key === 'k' &&
    (news === 0 || (vault.spare === `sp${news}` && token === `t${news}`));
  if (!isIntact)
    print(`wrong: the newer build reads an unexpected document: ${JSON.stringify(sheet)}`);
  const next = news + 1;
  return {
    news: next,
    meta: { seen: olds, fresh: next },
    vault: { key: 'k', spare: `sp${next}` },
    token: `t${next}`,
  };
}
