import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startElasticsearch } from '@latchkey/elasticsearch';
import type { DocumentStore } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { readArguments } from '../../scripts/arguments.ts';
import { openRevocationLoad, type RevocationLoad } from './mass_revocation/revocation_load.ts';
import {
  type RevokingProvider,
  startRevokingProvider,
} from './mass_revocation/revoking_provider.ts';

const USAGE = `Revokes the grants of many users, once by a mass revocation and once by the deletion of a connector, while another user keeps calling.

  npm run bench -- mass_revocation [--store sqlite|elasticsearch] [--grants 10000] [--latency 5] [--only mass|deletion]

  --latency MS  how long the provider takes for a revocation
`;
const { values } = readArguments(USAGE, {
  options: {
    store: { type: 'string', default: 'sqlite' },
    only: { type: 'string' },
    grants: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
const COLLECT_EVERY_MS = 3000;
const grants = Number(values.grants);
const folder = await mkdtemp(join(tmpdir(), 'latchkey-mass-revocation-bench-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const cluster =
  values.store === 'elasticsearch'
    ? await startElasticsearch({ dataPath: folder, shortLived: false, report: say })
    : undefined;
const store: DocumentStore =
  cluster === undefined
    ? createSqliteStore({ path: join(folder, 'latchkey.sqlite') })
    : createElasticsearchStore({ hosts: cluster.hosts, indexPrefix: 'bench_' });
const provider = await startRevokingProvider(Number(values.latency));
const load = await openRevocationLoad(store, provider);
try {
  await load.fill('other', 1);
  if (values.only !== 'deletion')
    await measure('mass revocation', load, async () => {
      const scope = { type: 'connector', connectorId: 'load' } as const;
      const job = await load.revocationJobs.startJob(scope, {
        reason: 'mass_revoke',
        actor: undefined,
      });
      return { id: job.id, respondedAfterMs: 0 };
    });
  if (values.only !== 'mass')
    await measure('deletion of a connector', load, async () => {
      const before = performance.now();
      const connector = load.connector('load');
      const reason = 'connector_deleted';
      const job = await load.connectorRevocation.commit(
        await load.connectorRevocation.prepare({ connector, reason, actor: undefined }),
      );
      return { id: job.id, respondedAfterMs: performance.now() - before };
    });
} finally {
  await load.close();
  await provider.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Measures one job from its start to the last response of the provider. */
async function measure(
  name: string,
  { revocationJobs, tokens, connector, fill }: RevocationLoad,
  begin: () => Promise<{ readonly id: string; readonly respondedAfterMs: number }>,
): Promise<void> {
  await fill('load', grants);
  provider.tokens.length = 0;
  provider.maxConcurrent = 0;
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  const over = new AbortController();
  const watched = watch(over.signal, () =>
    tokens.tokens.getToken({ connector: connector('other'), profileUid: 'u_0' }),
  );
  const { id, respondedAfterMs } = await begin();
  const view = async () => (await revocationJobs.get(id)).job;
  const localAt = untilTrue(async () => (await view()).state === 'completed');
  while ((await revocationJobs.workOn(id, over.signal)) !== undefined);
  const endedMs = (await localAt) - startedAt;
  const settledMs = performance.now() - startedAt;
  over.abort();
  const { counts } = await revocationJobs.get(id);
  const figures = await watched;
  say(
    JSON.stringify({
      name,
      store: values.store,
      grants,
      ...(respondedAfterMs === 0 ? {} : { respondedAfterMs: Math.round(respondedAfterMs) }),
      endedAfterSeconds: seconds(endedMs),
      revokedAfterSeconds: seconds(settledMs),
      ...counts,
      requests: provider.tokens.length,
      tokensAskedTwice: provider.tokens.length - new Set(provider.tokens).size,
      refreshTokenFirst: isRefreshFirst(provider),
      maxConcurrentAtProvider: provider.maxConcurrent,
      heapGrowthMb: Math.round((figures.peakHeap - heapBefore) / 1e6),
      tokenReadMs: figures.readMs,
    }),
  );
}

/** Reads another user's token continuously. */
async function watch(signal: AbortSignal, read: () => Promise<unknown>) {
  const times: number[] = [];
  let peakHeap = 0;
  let collectedAt = 0;
  while (!signal.aborted) {
    const before = performance.now();
    await read();
    times.push(performance.now() - before);
    // Measures memory in use, not memory that waits for garbage collection.
    if (before - collectedAt > COLLECT_EVERY_MS) {
      globalThis.gc?.();
      collectedAt = performance.now();
      peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Number((times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(2));
  return { peakHeap, readMs: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

async function untilTrue(isTrue: () => Promise<boolean>): Promise<number> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 500));
  return performance.now();
}

function isRefreshFirst({ tokens }: RevokingProvider): boolean {
  const seen = new Set<string>();
  return tokens.every((token) => {
    seen.add(token);
    return token.includes('refresh') || seen.has(token.replace('-access-', '-refresh-'));
  });
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(1));
}
