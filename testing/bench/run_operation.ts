import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startElasticsearch } from '@latchkey/elasticsearch';
import type { StoreLocation } from '@latchkey/test-environment';
import { measureMassRevocation } from './operations/mass_revocation.ts';
import { measureMigrations } from './operations/migrations.ts';
import { measurePasses } from './operations/passes.ts';
import { measureRotation } from './operations/rotation.ts';

/** Operations of the server that run for a long time beside requests. */
export const OPERATIONS = ['passes', 'rotation', 'migrations', 'mass_revocation'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Options of all operations. Each operation uses only some of them. */
export interface OperationOptions {
  readonly store: 'sqlite' | 'elasticsearch';
  /** Number of grants. Default: a number that suits the operation. */
  readonly count: number | undefined;
  /** For `passes`: number of documents of each other kind. Default: as many as grants. */
  readonly others: number | undefined;
  /** For `passes`: number of documents of each kind that a pass has to process. */
  readonly due: number;
  /**
   * Folder of the store, which is filled once and kept; SQLite only. Default: a temporary folder.
   */
  readonly folder: string | undefined;
  /** For `mass_revocation`: milliseconds that the provider takes for a revocation. */
  readonly latencyMs: number;
  /** For `mass_revocation`: the only one of its two measurements to run. */
  readonly only: string | undefined;
}

/** Fills a store, measures an operation on it, and removes the store. */
export async function runOperation(name: Operation, options: OperationOptions): Promise<void> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'latchkey-operations-')));
  const cluster =
    options.store === 'elasticsearch'
      ? await startElasticsearch({ dataPath: folder, heapMb: 1024, shortLived: false, report: say })
      : undefined;
  const location: StoreLocation =
    cluster === undefined
      ? { kind: 'sqlite', dataFolder: folder }
      : { kind: 'elasticsearch', dataFolder: folder, hosts: cluster.hosts, indexPrefix: 'bench_' };
  try {
    await measure(name, location, options);
  } finally {
    await cluster?.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  name: Operation,
  location: StoreLocation,
  { count, others, due, latencyMs, only }: OperationOptions,
): Promise<void> {
  switch (name) {
    case 'passes': {
      const grants = count ?? 1_000_000;
      await measurePasses({ location, count: grants, others: others ?? grants, due, say });
      return;
    }
    case 'rotation':
      return measureRotation({ location, count: count ?? 100_000, say });
    case 'migrations':
      return measureMigrations({ location, count: count ?? 100_000, say });
    case 'mass_revocation':
      return measureMassRevocation({ location, count: count ?? 10_000, latencyMs, only, say });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
