import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { userConnectorTokenType } from '@latchkey/actions-plugin/server/testing';
import type { DocumentToStore } from '@latchkey/saved-objects';
import type { StoreLocation } from '@latchkey/test-environment';
import { writeAll } from '../store/grants.ts';
import { type OpenStore, openStore } from '../store/open_store.ts';

const MIGRATOR = join(import.meta.dirname, 'migrator.ts');
const { name: TYPE, modelVersions } = userConnectorTokenType;
/** Newest model version of this build. */
const NEWEST = Object.keys(modelVersions).length;
const CONCURRENCY = 1_000;
/**
 * Heap limit of a migrating process. The documents need far more, so a migration that kept all of
 * them in memory would fail.
 */
const HEAP = '--max-old-space-size=64';

/** Options of the measurement: the number of grants to migrate, and their store. */
export interface MigrationsPlan {
  readonly location: StoreLocation;
  readonly count: number;
  readonly say: (text: string) => void;
}

/**
 * Migrates many grants to a build with two more model versions. It does so alone, after being
 * killed half-way, and with two processes at the same time. Reports duration and memory of each,
 * and checks every document.
 * @throws Error when a document is missing or wrong
 */
export async function measureMigrations(plan: MigrationsPlan): Promise<void> {
  const { count, say } = plan;
  await fill(plan);
  say(`\nAlone: ${JSON.stringify(await ended(startMigrator(plan)))}`);
  await check(plan);

  await fill(plan);
  const [, signal] = await startMigrator(plan, Math.ceil(count / 2)).closed;
  if (signal !== 'SIGKILL') throw new Error('The migration was not killed half-way.');
  say(`\nKilled half-way; ${await countOutdated(plan)} of ${count} are not migrated.`);
  const both = await Promise.all([ended(startMigrator(plan)), ended(startMigrator(plan))]);
  say(`Two processes continued: ${JSON.stringify(both)}`);
  await check(plan);
}

interface Migrator {
  /** Resolves with exit code and signal when the process has ended. */
  readonly closed: Promise<unknown[]>;
  readonly lines: readonly string[];
}

/**
 * Starts a process that migrates the grants.
 * @param killAt number of the write before which the process kills itself. `undefined`: it
 * completes
 */
function startMigrator({ location, say }: MigrationsPlan, killAt?: number): Migrator {
  const args = [JSON.stringify(location), ...(killAt === undefined ? [] : [String(killAt)])];
  const child = spawn(process.execPath, [HEAP, MIGRATOR, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    say(`  [${child.pid}] ${line}`);
  });
  return { closed: once(child, 'close'), lines };
}

async function ended({ closed, lines }: Migrator): Promise<unknown> {
  await closed;
  return JSON.parse(lines.at(-1) ?? '"it printed nothing"');
}

async function withStore(
  { location }: MigrationsPlan,
  work: (open: OpenStore) => Promise<void>,
): Promise<void> {
  const open = await openStore(location);
  try {
    await work(open);
  } finally {
    await open.close();
  }
}

/** Writes documents as the current product does. */
async function fill(plan: MigrationsPlan): Promise<void> {
  const { count: documents, say } = plan;
  const before = performance.now();
  await withStore(plan, (open) =>
    writeAll(documents, CONCURRENCY, (index) => open.store.put(aGrant(open, index))),
  );
  const seconds = Math.round((performance.now() - before) / 1000);
  say(`\n${documents} grants written in ${seconds} s.`);
}

function aGrant({ encryption }: OpenStore, index: number): DocumentToStore {
  const id = `grant-${String(index).padStart(7, '0')}`;
  const at = '2030-01-01T00:00:00.000Z';
  const plain = {
    profileUid: `u_${index}`,
    connectorId: 'drive',
    credentialType: 'oauth',
    credentials: { accessToken: `at-${index}`.padEnd(160, 'x'), refreshToken: `rt-${index}` },
    grantGeneration: `g-${index}`,
    clientFingerprint: 'fingerprint',
    spaceId: 'default',
    status: 'connected',
    statusSince: at,
    failures: 0,
    createdAt: at,
    updatedAt: at,
  };
  return {
    key: `${TYPE}:${id}`,
    type: TYPE,
    namespace: undefined,
    attributes: encryption.encrypt({ type: TYPE, id }, plain),
    references: [],
    modelVersion: NEWEST,
    createdAt: at,
    updatedAt: at,
  };
}

async function countOutdated(plan: MigrationsPlan): Promise<number> {
  let outdated = 0;
  await eachDocument(plan, (modelVersion) => {
    if (modelVersion <= NEWEST) outdated += 1;
  });
  return outdated;
}

/**
 * Checks every document.
 * @throws Error when a document is missing, was not migrated exactly once, or does not decrypt to
 * what was written
 */
async function check(plan: MigrationsPlan): Promise<void> {
  const { count: documents, say } = plan;
  const seen = new Set<string>();
  await eachDocument(plan, (modelVersion, attributes) => {
    const { profileUid, filled, label, origin, credentials } = attributes;
    const index = String(profileUid).slice(2);
    const isRight =
      modelVersion === NEWEST + 2 &&
      filled === 1 &&
      label === 'none' &&
      origin === undefined &&
      JSON.stringify(credentials).includes(`"rt-${index}"`);
    if (!isRight || seen.has(index))
      throw new Error(`Grant ${index} was migrated twice or incorrectly`);
    seen.add(index);
  });
  if (seen.size !== documents) throw new Error(`${documents - seen.size} grants are missing.`);
  say(`All ${documents} grants exist, were migrated once, and decrypt.`);
}

async function eachDocument(
  plan: MigrationsPlan,
  visit: (modelVersion: number, attributes: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  await withStore(plan, async ({ store, encryption }) => {
    for await (const batch of store.iterate({ types: [TYPE], batchSize: 1000 })) {
      for (const { key, attributes, modelVersion } of batch) {
        const id = key.slice(TYPE.length + 1);
        visit(modelVersion, encryption.decrypt({ type: TYPE, id }, attributes));
      }
    }
  });
}
