import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { aPrincipal, createRouterHarness } from '@latchkey/core/server/mocks';
import {
  RevocationJobAudit,
  RUNS_PATH,
  registerRevocationJobRoutes,
} from '../../plugins/actions/server/oauth/mass_revocation/index.ts';
import { stopEverything } from '../support/start_server.ts';
import { onEachStore } from '../support/stores.ts';
import { waitUntil } from '../support/wait_until.ts';
import { type ChildOfTest, killChildren, startChild } from './child_of_test.ts';
import { CROWD, openRevocationLoad } from './revocation_load.ts';
import type { RevocationProcessOrder, RevocationProcessReport } from './revocation_process.ts';
import { type RevokingEndpoint, startRevokingEndpoint } from './revoking_endpoint.ts';
import { addressOf, type StoreAddress } from './store_address.ts';

const PROGRAM = new URL('./revocation_process.ts', import.meta.url);
/** All ten thousand where they are cheap. A node takes four times as long for a grant, and pages, kills and counts are the same with a quarter. */
const GRANTS = { SQLite: 10_000, Elasticsearch: 2_500 } as const;
const SEEDED_AT_ONCE = 100;
/** At a provider, as documented. */
const CONCURRENCY = 10;
/** Longer than what a dead process had begun is left alone. */
const LATER_MS = 60_000;
/** Each look counts what waits, in the process that is the provider as well. */
const LOOK_EVERY_MS = 250;
const TIMEOUT_MS = 240_000;

// A test that works on thousands shares its machine with others.
jest.setTimeout(600_000);

type Report<T extends RevocationProcessReport['type']> = Extract<
  RevocationProcessReport,
  { type: T }
>;
type Worker = ChildOfTest<RevocationProcessReport>;
const isDone = (line: RevocationProcessReport): line is Report<'done'> => line.type === 'done';
const isBegun = (line: RevocationProcessReport): line is Report<'begun'> => line.type === 'begun';
const isPage =
  (page: number) =>
  (line: RevocationProcessReport): line is Report<'page'> =>
    line.type === 'page' && line.page === page;

/** A run as the API answers it. */
interface Run {
  readonly state: string;
  readonly is_settled: boolean;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly revocation: Readonly<Record<string, number>>;
}

onEachStore(({ name, newSettings }) => {
  const grants = GRANTS[name];
  let store: StoreAddress;
  let provider: RevokingEndpoint;
  let stand: Awaited<ReturnType<typeof openRevocationLoad>>;
  beforeEach(async () => {
    store = addressOf(newSettings());
    provider = await startRevokingEndpoint();
    stand = await openRevocationLoad({ store, revocationEndpoint: provider.url });
    for (let from = 0; from < grants; from += SEEDED_AT_ONCE)
      await Promise.all(Array.from({ length: SEEDED_AT_ONCE }, (_, index) => seed(from + index)));
  });
  afterEach(async () => {
    killChildren();
    await stand.close();
    await provider.stop();
  });
  afterAll(stopEverything);

  const refreshTokenOf = (user: number) => `development-refresh-token-${user}`;
  const accessTokenOf = (user: number) => `development-access-token-${user}`;
  const userOf = (token: string) => token.slice(token.lastIndexOf('-') + 1);

  async function seed(user: number): Promise<void> {
    const { connector, client, tokens } = stand;
    await tokens.grants.saveGrant({
      connector,
      client,
      profileUid: `u_${user}`,
      grant: {
        accessToken: accessTokenOf(user),
        tokenType: 'Bearer',
        refreshToken: refreshTokenOf(user),
        lifetimeSeconds: 86_400,
        refreshTokenLifetimeSeconds: undefined,
        scopes: undefined,
        account: undefined,
        receivedAt: new Date(),
        providerRequestId: undefined,
      },
    });
  }

  const aWorker = (
    over: Pick<RevocationProcessOrder, 'work'> & Partial<RevocationProcessOrder>,
  ): Worker =>
    startChild(PROGRAM, {
      store,
      revocationEndpoint: provider.url,
      aheadMs: 0,
      isDeleted: false,
      ...over,
    } satisfies RevocationProcessOrder);

  /** Asks the API again and again how far a run is, as an administrator who watches. */
  function watch(runId: string) {
    const api = createRouterHarness();
    registerRevocationJobRoutes(api.http.createRouter(), () => ({
      revocationJobs: stand.revocationJobs,
      audit: new RevocationJobAudit({ log: () => undefined }),
    }));
    const seen: Run[] = [];
    const look = async (): Promise<Run> => {
      await sleep(LOOK_EVERY_MS);
      const { body } = await api.inject<Run>({ method: 'GET', url: `${RUNS_PATH}/${runId}` });
      seen.push(body);
      return body;
    };
    return { seen, look };
  }

  /** Numbers that go up and add up. */
  function expectProgress(seen: readonly Run[]): void {
    expect(new Set(seen.map(({ ended }) => ended)).size).toBeGreaterThan(3);
    seen.forEach((run, index) => {
      const before = seen[index - 1] ?? run;
      expect(run.ended).toBeGreaterThanOrEqual(before.ended);
      expect(run.ended).toBeLessThanOrEqual(run.total);
      expect(Object.values(run.revocation).reduce((sum, count) => sum + count, 0)).toBe(run.ended);
    });
  }

  /** Each token was revoked, and again only what a dead process was in the middle of. */
  function expectRevokedOnce(mayBeRepeated: number): void {
    const all = Array.from({ length: grants }, (_, user) => [
      refreshTokenOf(user),
      accessTokenOf(user),
    ]).flat();
    expect(new Set(provider.tokens)).toEqual(new Set(all));
    const counts = new Map<string, number>();
    for (const token of provider.tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    const repeated = [...counts].filter(([, count]) => count > 1).map(([token]) => token);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
    expect(new Set(repeated.map(userOf)).size).toBeLessThanOrEqual(mayBeRepeated);
    expect(provider.maxConcurrent()).toBeLessThanOrEqual(CONCURRENCY);
    expect(provider.maxConcurrent()).toBeGreaterThan(1);
  }

  const settled = (run: Run) => {
    expect(run).toMatchObject({
      state: 'completed',
      is_settled: true,
      total: grants,
      ended: grants,
      failed: 0,
      revocation: { revoked: grants, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
    });
  };

  it(`F81: ends and revokes ${grants} grants with a process killed among the pages and one among the revocations, and tells how far it is`, async () => {
    const scope = { type: 'connector', connectorId: CROWD } as const;
    const how = { reason: 'mass_revoke', actor: aPrincipal() } as const;
    const { id: runId } = await stand.revocationJobs.startRun(scope, how);
    const { seen, look } = watch(runId);
    const first = aWorker({ work: { runId } });
    await first.line(isPage(5), TIMEOUT_MS);
    await first.kill9();
    const ofDead = await look();
    expect(ofDead).toMatchObject({ state: 'running', is_settled: false });
    expect(ofDead.ended).toBeGreaterThan(0);
    expect(ofDead.ended).toBeLessThan(grants);
    expect(provider.tokens).toEqual([]);

    const second = aWorker({ work: { runId } });
    await waitUntil(
      'half of the revocations',
      async () => {
        await look();
        return provider.tokens.length > grants;
      },
      TIMEOUT_MS,
    );
    await second.kill9();
    expect(second.lines.some(isDone)).toBe(false);
    expect(await look()).toMatchObject({ state: 'completed', ended: grants, is_settled: false });

    const third = aWorker({ work: { runId }, aheadMs: LATER_MS });
    await third.line(isDone, TIMEOUT_MS);
    settled(await look());
    expectProgress(seen);
    expectRevokedOnce(CONCURRENCY);
    // What the first had done was not done again.
    const pages = [first, second].map(({ lines }) => lines.filter(({ type }) => type === 'page'));
    expect(pages.flat().length).toBeLessThanOrEqual(Math.ceil(grants / 100) + 1);
  });

  it(`H115: ends and revokes the ${grants} grants of a deleted connector though the process that deleted it is killed, and tells how far it is`, async () => {
    const first = aWorker({ work: 'delete', isDeleted: true });
    const { runId } = await first.line(isBegun, TIMEOUT_MS);
    const { seen, look } = watch(runId);
    await first.line(isPage(3), TIMEOUT_MS);
    await first.kill9();
    const ofDead = await look();
    expect(ofDead).toMatchObject({ state: 'running', is_settled: false, total: grants });
    expect(ofDead.ended).toBeLessThan(grants);

    const second = aWorker({ work: { runId }, isDeleted: true });
    await waitUntil(
      'the end of the run',
      async () => {
        await look();
        return second.lines.some(isDone);
      },
      TIMEOUT_MS,
    );
    settled(await look());
    expectProgress(seen);
    expectRevokedOnce(0);
  });
});
