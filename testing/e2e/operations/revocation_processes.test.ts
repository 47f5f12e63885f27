import { setTimeout as sleep } from 'node:timers/promises';
import { getRevocationJob } from '@latchkey/actions-plugin/common';
import {
  RevocationJobAudit,
  registerRevocationJobRoutes,
} from '@latchkey/actions-plugin/server/testing';
import { createRouterHarness } from '@latchkey/core/server/harness';
import { aPrincipal } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type StoreLocation, stopEverything } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import {
  accessTokenOf,
  openRevocationLoad,
  type RevocationLoad,
  type RevokingProvider,
  refreshTokenOf,
  startRevokingProvider,
} from '@latchkey/test-stack';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ChildOfTest, killChildren, startChild } from './child_of_test.ts';
import type { RevocationProcessOrder, RevocationProcessReport } from './revocation_process.ts';

const PROGRAM = new URL('./revocation_process.ts', import.meta.url);
/**
 * Number of grants. They fill tens of pages, so that processes are killed between them. `npm run
 * bench` measures more grants. Elasticsearch needs several times as long per grant.
 */
const GRANTS = { SQLite: 2_500, Elasticsearch: 1_500 } as const;
const CONNECTOR_ID = 'revocation-load';
/** Milliseconds that the provider takes for a revocation. */
const LATENCY_MS = 5;
/** Number of concurrent revocations per provider, as documented. */
const CONCURRENCY = 10;
/** Milliseconds after which revocations that another process has started are taken over. */
const LATER_MS = 60_000;
/**
 * Milliseconds between two observations of a running process. Each of them counts pending items in
 * the process that also runs the provider, so it must not be too frequent.
 */
const OBSERVE_EVERY_MS = 250;
const TIMEOUT_MS = 600_000;

// A busy machine needs minutes for thousands of objects.
vi.setConfig({ testTimeout: 3 * TIMEOUT_MS, hookTimeout: 3 * TIMEOUT_MS });

type Worker = ChildOfTest<RevocationProcessReport>;
/** A revocation job as the API returns it. */
interface Job {
  readonly state: string;
  readonly is_settled: boolean;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly revocation: Readonly<Record<string, number>>;
}

onEachStore(({ name, newLocation }) => {
  const grants = GRANTS[name];
  let location: StoreLocation;
  let provider: RevokingProvider;
  let services: RevocationLoad;
  beforeEach(async () => {
    location = newLocation();
    provider = await startRevokingProvider(LATENCY_MS);
    const { revocationEndpoint } = provider;
    services = await openRevocationLoad({ location, revocationEndpoint });
    await services.fill(CONNECTOR_ID, grants);
  });
  afterEach(async () => {
    killChildren();
    await services.close();
    await provider.stop();
  });
  afterAll(stopEverything);

  const userOf = (token: string) => token.slice(token.lastIndexOf('-') + 1);

  const aWorker = (
    over: Pick<RevocationProcessOrder, 'work'> & Partial<RevocationProcessOrder>,
  ): Worker =>
    startChild(PROGRAM, {
      location,
      revocationEndpoint: provider.revocationEndpoint,
      connectorId: CONNECTOR_ID,
      aheadMs: 0,
      isDeleted: false,
      isStepped: false,
      ...over,
    } satisfies RevocationProcessOrder);

  /** Polls the progress of a job through the API, as an administrator would. */
  function watch(jobId: string) {
    const api = createRouterHarness();
    const routeServices = {
      revocationJobs: services.revocationJobs,
      revocationJobAudit: new RevocationJobAudit({ log: () => undefined }),
    };
    registerRevocationJobRoutes(api.http.createRouter({ services: async () => routeServices }));
    const seen: Job[] = [];
    const observe = async (): Promise<Job> => {
      const { body } = await api.inject<Job>({
        method: 'GET',
        url: getRevocationJob.path.replace('{id}', jobId),
      });
      seen.push(body);
      return body;
    };
    return { seen, observe };
  }

  /** Observes the job after each of the first pages of a stepped process, which then waits. */
  async function observePages(
    worker: Worker,
    { pages, observe }: { readonly pages: number; readonly observe: () => Promise<Job> },
  ): Promise<Job> {
    for (let page = 1; ; page += 1) {
      await worker.line('page', { is: (line) => line.page === page, timeoutMs: TIMEOUT_MS });
      const job = await observe();
      if (page === pages) return job;
      worker.proceed();
    }
  }

  /**
   * Expects a progress after each of the observed pages and at the end, and counts that never
   * decrease and always match the total.
   */
  function expectProgress(seen: readonly Job[], pages: number): void {
    expect(new Set(seen.map(({ ended }) => ended)).size).toBeGreaterThan(pages);
    seen.forEach((job, index) => {
      const before = seen[index - 1] ?? job;
      expect(job.ended).toBeGreaterThanOrEqual(before.ended);
      expect(job.ended).toBeLessThanOrEqual(job.total);
      expect(Object.values(job.revocation).reduce((sum, count) => sum + count, 0)).toBe(job.ended);
    });
  }

  /** Expects that each token was revoked once. Only those in progress at a kill may be repeated. */
  function expectRevokedOnce(mayBeRepeated: number): void {
    const all = Array.from({ length: grants }, (_, user) => [
      refreshTokenOf(CONNECTOR_ID, user),
      accessTokenOf(CONNECTOR_ID, user),
    ]).flat();
    expect(new Set(provider.tokens)).toEqual(new Set(all));
    const counts = new Map<string, number>();
    for (const token of provider.tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    const repeated = [...counts].filter(([, count]) => count > 1).map(([token]) => token);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
    expect(new Set(repeated.map(userOf)).size).toBeLessThanOrEqual(mayBeRepeated);
    expect(provider.maxConcurrent).toBeLessThanOrEqual(CONCURRENCY);
    expect(provider.maxConcurrent).toBeGreaterThan(1);
  }

  const settled = (job: Job) => {
    expect(job).toMatchObject({
      state: 'completed',
      is_settled: true,
      total: grants,
      ended: grants,
      failed: 0,
      revocation: { revoked: grants, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
    });
  };

  it(`F81: a mass revocation revokes ${grants} grants and reports progress, although two processes are killed meanwhile`, async () => {
    const scope = { type: 'connector', connectorId: CONNECTOR_ID } as const;
    const how = { reason: 'mass_revoke', actor: aPrincipal() } as const;
    const { id: jobId } = await services.revocationJobs.startJob(scope, how);
    const { seen, observe } = watch(jobId);
    const first = aWorker({ work: { jobId }, isStepped: true });
    const ofPages = await observePages(first, { pages: 5, observe });
    await first.kill9();
    const ofDead = await observe();
    expect(ofDead.ended).toBe(ofPages.ended);
    expect(ofDead).toMatchObject({ state: 'running', is_settled: false });
    expect(ofDead.ended).toBeGreaterThan(0);
    expect(ofDead.ended).toBeLessThan(grants);
    expect(provider.tokens).toEqual([]);

    const second = aWorker({ work: { jobId } });
    await waitUntil(
      'half of the revocations',
      async () => {
        await sleep(OBSERVE_EVERY_MS);
        await observe();
        return provider.tokens.length > grants;
      },
      { timeoutMs: TIMEOUT_MS },
    );
    await second.kill9();
    expect(second.has('done')).toBe(false);
    expect(await observe()).toMatchObject({ state: 'completed', ended: grants, is_settled: false });

    const third = aWorker({ work: { jobId }, aheadMs: LATER_MS });
    await third.line('done', { timeoutMs: TIMEOUT_MS });
    settled(await observe());
    expectProgress(seen, 5);
    expectRevokedOnce(CONCURRENCY);
    // The pages together prove that the second process did not repeat those of the first.
    const pages = [first, second].map(({ lines }) => lines.filter(({ type }) => type === 'page'));
    expect(pages.flat().length).toBeLessThanOrEqual(Math.ceil(grants / 100) + 1);
  });

  it(`H115: a deletion revokes the ${grants} grants of its connector although the deleting process is killed`, async () => {
    const first = aWorker({ work: 'delete', isDeleted: true, isStepped: true });
    const { jobId } = await first.line('begun', { timeoutMs: TIMEOUT_MS });
    const { seen, observe } = watch(jobId);
    await observePages(first, { pages: 3, observe });
    await first.kill9();
    const ofDead = await observe();
    expect(ofDead).toMatchObject({ state: 'running', is_settled: false, total: grants });
    expect(ofDead.ended).toBeLessThan(grants);

    const second = aWorker({ work: { jobId }, isDeleted: true });
    await waitUntil(
      'the end of the job',
      async () => {
        await sleep(OBSERVE_EVERY_MS);
        await observe();
        return second.has('done');
      },
      { timeoutMs: TIMEOUT_MS },
    );
    settled(await observe());
    expectProgress(seen, 3);
    expectRevokedOnce(0);
  });
});
