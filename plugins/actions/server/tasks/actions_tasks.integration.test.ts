import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import { createTaskManagerStartMock } from '@latchkey/task-manager-plugin/server/mocks';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aPerson,
  ben,
  createFlowBench,
  type FlowBench,
  type Person,
  PUBLIC_BASE_URL,
} from '../oauth/flow/flow_bench.mock.ts';
import { END_GRANTS_TASK, scheduleActionsTasks } from './index.ts';

const CHECK_ACCESS_TASK = 'actions:check_access_of_person';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const IDLE_LIMIT_DAYS = 10;

let strict: StrictStandIn;
let bench: FlowBench;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  const revocationUrl = strict.revocationEndpoint;
  bench = await createFlowBench({
    specs: [
      aFlowSpec('.strict', { revocationUrl, idleLimitDays: IDLE_LIMIT_DAYS }),
      aFlowSpec('.patient', { revocationUrl }),
    ],
  });
  await bench.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  await bench.create(
    'patient',
    anAppConnector('.patient', strict, strict.clients.post, {
      tokenEndpointAuthMethod: 'client_secret_post',
    }),
  );
});
afterEach(() => bench.close());

const connect = async (person: Person, as: 'ana' | 'ben', id = 'files') => {
  const { body } = await bench.start(person, id);
  const arrival = await walkConsent(body.authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
  expect((await bench.arrive(person, arrival)).status).toBe(200);
};
const refreshes = () => strict.tokenRequests({ grantType: 'refresh_token' }).length;
const stored = async (type: string) =>
  (await bench.dump()).filter((row) => JSON.stringify(row).startsWith(`{"key":"${type}:`));

describe('clean-up of states', () => {
  const run = () => bench.tasks.run('actions:oauth_state_cleanup', { state: { runs: 4 } });

  it('removes what has timed out, used or not, and keeps what is under way', async () => {
    const person = aPerson();
    await connect(person, 'ana');
    await bench.start(person, 'files');
    await bench.clock.advance(10 * 60_000 + 1);
    const { body } = await bench.start(person, 'files');
    expect(await stored('oauth_state')).toHaveLength(3);
    expect(await run()).toEqual({ state: { runs: 5, last_cleanup_count: 2 } });
    expect(JSON.stringify(await stored('oauth_state'))).toContain(body.flowId);
    expect(await stored('oauth_state')).toHaveLength(1);
  });

  it('A31: bounds the tables: after an idle hour nothing is left of 300 starts', async () => {
    for (const user of [aPerson(), aPerson(ben)]) {
      for (let round = 0; round < 99; round += 1) await bench.start(user, 'files');
    }
    await bench.clock.advance(HOUR_MS + 1);
    await run();
    expect(await stored('oauth_state')).toEqual([]);
    expect(await stored('oauth_rate_limit')).toEqual([]);
  });
});

describe('clean-up of grants', () => {
  const run = () => bench.tasks.run('actions:user_connector_token_cleanup');

  it('ends and revokes what nobody has used for 90 days', async () => {
    const person = aPerson();
    await connect(person, 'ana');
    await bench.clock.advance(89 * DAY_MS);
    await run();
    expect(await stored('user_connector_token')).toHaveLength(1);
    await bench.clock.advance(2 * DAY_MS);
    await run();
    // The provider is asked beside the task.
    while (strict.requests({ endpoint: 'revoke' }).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await bench.statusOf(person, 'files')).toMatch(/not_connected|revocation_pending/);
    expect(strict.isGrantAlive('ana')).toBe(false);
  });

  it('spares what is used, although it was made long ago', async () => {
    const person = aPerson();
    await connect(person, 'ana');
    const client = bench.actions.getActionsClient({
      user: person.user ?? undefined,
      spaceId: 'default',
    });
    for (let month = 0; month < 4; month += 1) {
      await bench.clock.advance(29 * DAY_MS);
      await client.getOAuthAccessToken({ connectorId: 'files' });
    }
    await run();
    expect(await bench.statusOf(person, 'files')).toBe('connected');
    expect(strict.requests({ endpoint: 'revoke' })).toEqual([]);
  });
});

describe('the revocation outbox', () => {
  it('is worked off until the provider answers', async () => {
    const person = aPerson();
    await connect(person, 'ana');
    strict.failNext({ endpoint: 'revoke', times: 2, fault: { kind: 'status', status: 503 } });
    await bench.disconnect(person, 'files');
    expect(await bench.statusOf(person, 'files')).toBe('revocation_pending');
    expect(strict.isGrantAlive('ana')).toBe(true);
    await bench.clock.advance(60_000);
    await bench.tasks.run('actions:revocation_outbox');
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(await stored('oauth_revocation')).toEqual([]);
  });
});

describe('keep-alive', () => {
  const run = (context = {}) => bench.tasks.run('actions:oauth_keep_alive', context);
  const lastUse = async () =>
    (await stored('user_connector_token')).map(
      (row) => (row as { attributes: { lastUsedAt?: string } }).attributes.lastUsedAt,
    );

  it('G108: refreshes an idle grant before its provider drops it, and leaves it alone until then', async () => {
    await connect(aPerson(), 'ana');
    await bench.clock.advance(0.69 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(0);
    await bench.clock.advance(0.17 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    await run();
    expect(refreshes()).toBe(1);
    expect(await bench.statusOf(aPerson(), 'files')).toBe('connected');
  });

  it('does not count as use', async () => {
    await connect(aPerson(), 'ana');
    const before = await lastUse();
    await bench.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    expect(await lastUse()).toEqual(before);
  });

  it('F79: refreshes nothing for somebody who is gone', async () => {
    await connect(aPerson(), 'ana');
    await connect(aPerson(ben), 'ben');
    bench.setPeople([ben]);
    await bench.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    expect(await bench.statusOf(aPerson(ben), 'files')).toBe('connected');
  });

  it('G108: refreshes grants made together at different times', async () => {
    await connect(aPerson(), 'ana');
    await connect(aPerson(ben), 'ben');
    await bench.clock.advance(0.69 * IDLE_LIMIT_DAYS * DAY_MS);
    const seen = new Set<number>();
    for (let step = 0; step < 200 && refreshes() < 2; step += 1) {
      await bench.clock.advance(0.001 * IDLE_LIMIT_DAYS * DAY_MS);
      await run();
      seen.add(refreshes());
    }
    expect([...seen]).toEqual([0, 1, 2]);
  });

  it('loses one grant to one failure', async () => {
    await connect(aPerson(), 'ana');
    await connect(aPerson(ben), 'ben');
    await bench.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    strict.failNext({
      endpoint: 'token',
      grantType: 'refresh_token',
      fault: { kind: 'oauth_error', error: 'invalid_grant' },
    });
    await run();
    expect(refreshes()).toBe(2);
    const statuses = [
      await bench.statusOf(aPerson(), 'files'),
      await bench.statusOf(aPerson(ben), 'files'),
    ];
    expect(statuses.sort()).toEqual(['connected', 'needs_reauth']);
  });

  it('leaves grants alone that their provider keeps, and stops when told to', async () => {
    await connect(aPerson(), 'ana', 'patient');
    await connect(aPerson(ben), 'ben');
    await bench.clock.advance(80 * DAY_MS);
    await run({ signal: AbortSignal.abort() });
    expect(refreshes()).toBe(0);
    await run();
    expect(strict.tokenRequests({ grantType: 'refresh_token' })).toEqual([
      expect.objectContaining({ clientId: strict.clients.basic.clientId }),
    ]);
  });
});

describe('a person who is gone', () => {
  it('F79: loses every grant, here and at the provider, by a queued task', async () => {
    await connect(aPerson(), 'ana');
    await connect(aPerson(ben), 'ben');
    await bench.security.announce({ type: 'disabled', profileUid: 'u_ana', username: 'ana' });
    expect(bench.taskManager.calls).toContainEqual({
      method: 'schedule',
      task: {
        id: expect.stringMatching(`^${END_GRANTS_TASK}:[-0-9a-f]{36}$`),
        taskType: END_GRANTS_TASK,
        params: { profileUid: 'u_ana' },
      },
    });
    await bench.tasks.run(END_GRANTS_TASK, { params: { profileUid: 'u_ana' } });
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await bench.statusOf(aPerson(ben), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ben')).toBe(true);
  });

  it('F79: is refused the next run in the background, as nobody and as who they were', async () => {
    await connect(aPerson(), 'ana');
    const run = (user: typeof ben | undefined) =>
      bench.actions
        .getActionsClient({ user, spaceId: 'default' })
        .getOAuthAccessToken({ connectorId: 'files' });
    await expect(run(ana)).resolves.toMatch(/^Bearer /);
    await bench.security.announce({ type: 'deleted', profileUid: 'u_ana', username: 'ana' });
    await bench.tasks.run(END_GRANTS_TASK, { params: { profileUid: 'u_ana' } });
    // Whoever asks who they are now is told: nobody.
    await expect(run(undefined)).rejects.toMatchObject({ statusCode: 403 });
    await expect(run(ana)).rejects.toMatchObject({ reason: 'no_token' });
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    const left = (await bench.dump()).map((row) => JSON.stringify(row));
    expect(left.filter((row) => /"credentials":|"type":"oauth_revocation"/.test(row))).toEqual([]);
  });

  it('F79: loses every grant though the server died right after they were gone', async () => {
    await connect(aPerson(), 'ana');
    await bench.security.announce({ type: 'leaving', profileUid: 'u_ana', username: 'ana' });
    const queued = bench.taskManager.calls.flatMap((call) =>
      call.method === 'schedule' ? [call.task] : [],
    );
    expect(queued).toEqual([
      {
        id: expect.any(String),
        taskType: CHECK_ACCESS_TASK,
        params: { profileUid: 'u_ana' },
        runAt: new Date(bench.clock.now() + 60_000),
      },
    ]);
    // Nothing was stored yet, or ever will be.
    await bench.tasks.run(CHECK_ACCESS_TASK, { params: { profileUid: 'u_ana' } });
    expect(await bench.statusOf(aPerson(), 'files')).toBe('connected');
    bench.setPeople([ben]);
    await bench.tasks.run(CHECK_ACCESS_TASK, { params: { profileUid: 'u_ana' } });
    expect(await bench.statusOf(aPerson(), 'files')).not.toBe('connected');
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('F79: loses every grant within a day though nobody was ever told', async () => {
    await connect(aPerson(), 'ana');
    await connect(aPerson(ben), 'ben');
    bench.setPeople([ben]);
    await bench.tasks.run('actions:user_connector_token_cleanup');
    expect(await bench.statusOf(aPerson(), 'files')).not.toBe('connected');
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await bench.statusOf(aPerson(ben), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ben')).toBe(true);
  });

  it('needs a name', async () => {
    await expect(bench.tasks.run(END_GRANTS_TASK, { params: {} })).rejects.toThrow('profileUid');
  });
});

describe('scheduling', () => {
  it("uses Kibana's ids and intervals", () => {
    expect(bench.taskManager.calls).toEqual(
      expect.arrayContaining([
        {
          method: 'ensureScheduled',
          task: {
            id: 'Actions-actions:oauth_state_cleanup',
            taskType: 'actions:oauth_state_cleanup',
            intervalMs: HOUR_MS / 2,
          },
        },
        {
          method: 'ensureScheduled',
          task: {
            id: 'Actions-actions:user_connector_token_cleanup',
            taskType: 'actions:user_connector_token_cleanup',
            intervalMs: DAY_MS,
          },
        },
      ]),
    );
  });

  it('E69: jobs carry nothing but ids; tokens are read when they run', async () => {
    const taskManager = createTaskManagerStartMock();
    await scheduleActionsTasks(taskManager, createLoggerMock());
    expect(taskManager.calls).toHaveLength(5);
    for (const call of taskManager.calls) {
      expect(call).not.toHaveProperty('task.params');
      expect(Object.keys('task' in call ? call.task : {}).sort()).toEqual([
        'id',
        'intervalMs',
        'taskType',
      ]);
    }
  });

  it('lets the server start when a task cannot be scheduled, and says so', async () => {
    const logger = createLoggerMock();
    const taskManager = {
      ...createTaskManagerStartMock(),
      ensureScheduled: async () => {
        throw new Error('the store is away');
      },
    };
    await scheduleActionsTasks(taskManager, logger);
    expect(logger.lines.map(({ level }) => level)).toEqual(Array(5).fill('error'));
  });
});
