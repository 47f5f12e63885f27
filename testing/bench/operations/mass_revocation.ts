import { waitUntil } from '@latchkey/core/server/wait_until';
import type { StoreLocation } from '@latchkey/test-environment';
import {
  aConnector,
  openRevocationLoad,
  type RevocationLoad,
  type RevokingProvider,
  startRevokingProvider,
} from '@latchkey/test-stack';
import { repeat } from '../measure/statistics.ts';

const COLLECT_EVERY_MS = 3_000;
const READ_EVERY_MS = 10;
const MAX_MS = 3_600_000;

/** Options of the measurement: the number of grants to revoke, and their store. */
export interface MassRevocationPlan {
  readonly location: StoreLocation;
  readonly count: number;
  /** Milliseconds that the provider takes for a revocation. */
  readonly latencyMs: number;
  /** Measurement to run alone: `mass` or `deletion`. Default: both. */
  readonly only: string | undefined;
  readonly say: (text: string) => void;
}

/**
 * Revokes the grants of many users, once by a mass revocation and once by the deletion of a
 * connector. Meanwhile another user keeps calling.
 */
export async function measureMassRevocation(plan: MassRevocationPlan): Promise<void> {
  const provider = await startRevokingProvider(plan.latencyMs);
  const { revocationEndpoint } = provider;
  const load = await openRevocationLoad({ location: plan.location, revocationEndpoint });
  const measured = { plan, provider, load };
  try {
    await load.fill('other', 1);
    if (plan.only !== 'deletion') await measure('mass revocation', measured, startJob);
    if (plan.only !== 'mass') await measure('deletion of a connector', measured, deleteConnector);
  } finally {
    await load.close();
    await provider.stop();
  }
}

interface Measured {
  readonly plan: MassRevocationPlan;
  readonly provider: RevokingProvider;
  readonly load: RevocationLoad;
}

interface Begun {
  readonly id: string;
  readonly respondedAfterMs: number;
}

async function startJob(load: RevocationLoad): Promise<Begun> {
  const scope = { type: 'connector', connectorId: 'load' } as const;
  const job = await load.revocationJobs.startJob(scope, {
    reason: 'mass_revoke',
    actor: undefined,
  });
  return { id: job.id, respondedAfterMs: 0 };
}

async function deleteConnector(load: RevocationLoad): Promise<Begun> {
  const before = performance.now();
  const connector = aConnector('load');
  const reason = 'connector_deleted';
  const job = await load.connectorRevocation.commit(
    await load.connectorRevocation.prepare({ connector, reason, actor: undefined }),
  );
  return { id: job.id, respondedAfterMs: performance.now() - before };
}

/** Measures one job from its start to the last response of the provider. */
async function measure(
  name: string,
  { plan, provider, load }: Measured,
  begin: (load: RevocationLoad) => Promise<Begun>,
): Promise<void> {
  const { revocationJobs, tokens } = load;
  await load.fill('load', plan.count);
  provider.tokens.length = 0;
  provider.maxConcurrent = 0;
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  const over = new AbortController();
  const heap = watchHeap(over.signal);
  const reading = repeat(
    () => tokens.tokens.getToken({ connector: aConnector('other'), profileUid: 'u_0' }),
    { everyMs: READ_EVERY_MS, signal: over.signal },
  );
  const { id, respondedAfterMs } = await begin(load);
  const view = async () => (await revocationJobs.get(id)).job;
  const localAt = waitUntil(
    'the end of the job',
    async () => (await view()).state === 'completed' && performance.now(),
    { timeoutMs: MAX_MS },
  );
  while ((await revocationJobs.workOn(id, over.signal)) !== undefined);
  const endedMs = (await localAt) - startedAt;
  const settledMs = performance.now() - startedAt;
  over.abort();
  const { counts } = await revocationJobs.get(id);
  const { p50, p99, max } = await reading;
  plan.say(
    JSON.stringify({
      name,
      store: plan.location.kind,
      grants: plan.count,
      ...(respondedAfterMs === 0 ? {} : { respondedAfterMs: Math.round(respondedAfterMs) }),
      endedAfterSeconds: seconds(endedMs),
      revokedAfterSeconds: seconds(settledMs),
      ...counts,
      requests: provider.tokens.length,
      tokensAskedTwice: provider.tokens.length - new Set(provider.tokens).size,
      refreshTokenFirst: isRefreshFirst(provider),
      maxConcurrentAtProvider: provider.maxConcurrent,
      heapGrowthMb: Math.round(((await heap) - heapBefore) / 1e6),
      tokenReadMs: { p50: rounded(p50), p99: rounded(p99), max: rounded(max) },
    }),
  );
}

/**
 * Measures the live memory repeatedly, each time after a garbage collection.
 * @returns its maximum in bytes
 */
async function watchHeap(signal: AbortSignal): Promise<number> {
  let peak = 0;
  const collect = async (): Promise<void> => {
    globalThis.gc?.();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  await repeat(collect, { everyMs: COLLECT_EVERY_MS, signal });
  return peak;
}

function isRefreshFirst({ tokens }: RevokingProvider): boolean {
  const seen = new Set<string>();
  return tokens.every((token) => {
    seen.add(token);
    return token.includes('refresh') || seen.has(token.replace('-access-', '-refresh-'));
  });
}

function rounded(ms: number): number {
  return Number(ms.toFixed(2));
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(1));
}
