import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cpuSecondsOf } from '../measure/machine_use.ts';
import { medians } from '../measure/statistics.ts';
import { conditionsText, machine, say } from '../report/conditions.ts';
import { table } from '../report/table.ts';
import { KEYS } from '../store/bench_connector.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
const LOAD_SPECS = join(import.meta.dirname, 'load_specs.ts');
const MEGABYTE = 1024 * 1024;

/** Size of a run. */
export interface StartupPlan {
  /** Number of starts of each checkout. */
  readonly runs: number;
  /**
   * Folder of an older checkout with its dependencies, to compare with. `undefined`: only this
   * checkout is measured.
   */
  readonly against: string | undefined;
}

const specs = z.object({ types: z.number(), cpuMs: z.number(), heapBytes: z.number() });

/** One load of the connector types, and one start of the server. */
interface Startup extends z.output<typeof specs> {
  readonly serverCpuMs: number;
  readonly serverReadyMs: number;
  readonly serverHeapBytes: number;
  readonly serverRssBytes: number;
}

const FIGURES = [
  'types',
  'cpuMs',
  'heapBytes',
  'serverCpuMs',
  'serverReadyMs',
  'serverHeapBytes',
  'serverRssBytes',
] as const;

/**
 * Measures the load of all connector types and the start of the server. The checkouts take turns,
 * so that other work of the machine affects all of them equally. Prints medians.
 */
export async function runStartup({ runs, against }: StartupPlan): Promise<void> {
  say(conditionsText(machine()));
  const roots = against === undefined ? [ROOT] : [against, ROOT];
  // The first start of each checkout is not measured, because it fills the compile cache.
  for (const root of roots) await measure(root);
  const measured = new Map<string, Startup[]>(roots.map((root) => [root, []]));
  for (let index = 0; index < runs; index += 1) {
    for (const [root, startups] of measured) startups.push(await measure(root));
  }
  const columns = [...measured.values()].map((startups) => medians(startups, ...FIGURES));
  const row = (name: string, text: (one: Startup) => string): string[] => [
    name,
    ...columns.map(text),
  ];
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  say(
    `\n${table(
      ['median', ...(against === undefined ? [] : ['before']), 'this checkout'],
      [
        row('connector types', ({ types }) => String(types)),
        row('load of connector types: CPU ms', ({ cpuMs }) => cpuMs.toFixed(0)),
        row('load of connector types: live heap MB', ({ heapBytes }) => megabytes(heapBytes)),
        row('start of the server: CPU ms', ({ serverCpuMs }) => serverCpuMs.toFixed(0)),
        row('start of the server: ready after ms', ({ serverReadyMs }) => serverReadyMs.toFixed(0)),
        row('server: live heap MB', ({ serverHeapBytes }) => megabytes(serverHeapBytes)),
        row('server: RSS MB', ({ serverRssBytes }) => megabytes(serverRssBytes)),
      ],
    )}`,
  );
}

async function measure(root: string): Promise<Startup> {
  const { stdout } = await run(process.execPath, [LOAD_SPECS, root]);
  return { ...specs.parse(JSON.parse(stdout)), ...(await startServerOf(root)) };
}

/** Starts the server of a checkout with an empty store. */
async function startServerOf(root: string): Promise<Omit<Startup, keyof z.output<typeof specs>>> {
  const module = pathToFileURL(join(root, 'testing', 'environment', 'index.ts')).href;
  const environment: typeof import('@latchkey/test-environment') = await import(module);
  const dataPath = await mkdtemp(join(tmpdir(), 'latchkey-startup-'));
  const server = await environment.startServer({
    dataPath,
    settings: { 'xpack.encryptedSavedObjects.encryptionKey': KEYS.primary },
    env: process.env,
  });
  try {
    const serverReadyMs = server.ageMs();
    const serverCpuMs = (await cpuSecondsOf([server.pid])) * 1000;
    const inspector = await server.inspect();
    const { heapUsed, rss } = await inspector.memoryInUse();
    inspector.close();
    return { serverCpuMs, serverReadyMs, serverHeapBytes: heapUsed, serverRssBytes: rss };
  } finally {
    await server.stop();
    await rm(dataPath, { recursive: true, force: true, maxRetries: 3 });
  }
}
