import { createLoggerMock } from '@latchkey/core/server/mocks';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import {
  createTaskManagerSetupMock,
  createTaskManagerStartMock,
} from '@latchkey/task-manager-plugin/server/mocks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
} from '../oauth/flow/flow_fixture.mock.ts';
import {
  REVOKE_GRANTS_TASK,
  registerActionsTasks,
  scheduleActionsTasks,
  type TaskServices,
} from './index.ts';

const CHECK_ACCESS_TASK = 'actions:check_access_of_user';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const IDLE_LIMIT_DAYS = 10;

let strict: FakeOAuthServer;
let fixture: FlowFixture;
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
  fixture = await createFlowFixture({
    specs: [
      aFlowSpec('.strict', { revocationUrl, idleLimitDays: IDLE_LIMIT_DAYS }),
      aFlowSpec('.patient', { revocationUrl }),
    ],
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  await fixture.create(
    'patient',
    anAppConnector('.patient', strict, strict.clients.post, {
      tokenEndpointAuthMethod: 'client_secret_post',
    }),
  );
});
afterEach(() => fixture.close());

const connect = async (testUser: TestUser, as: 'ana' | 'ben', id = 'files') => {
  const { body } = await fixture.start(testUser, id);
  const arrival = await walkConsent(body.authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
  expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
};
const refreshes = () => strict.tokenRequests({ grantType: 'refresh_token' }).length;
const stored = async (type: string) =>
  (await fixture.dump()).filter((row) => JSON.stringify(row).startsWith(`{"key":"${type}:`));

describe('the clean-up of authorization states', () => {
  const run = () => fixture.tasks.run('actions:oauth_state_cleanup', { state: { runs: 4 } });

  it('removes used and unused states 90 minutes after their expiry, and keeps others', async () => {
    const testUser = aTestUser();
    await connect(testUser, 'ana');
    await fixture.start(testUser, 'files');
    await fixture.clock.advance(100 * 60_000);
    expect(await run()).toEqual({ state: { runs: 5, last_cleanup_count: 0 } });
    await fixture.clock.advance(1);
    const { body } = await fixture.start(testUser, 'files');
    expect(await stored('oauth_state')).toHaveLength(3);
    expect(await run()).toEqual({ state: { runs: 5, last_cleanup_count: 2 } });
    expect(JSON.stringify(await stored('oauth_state'))).toContain(body.flowId);
    expect(await stored('oauth_state')).toHaveLength(1);
  });

  it('A31: removes all documents of 300 starts after two hours without a start', async () => {
    for (const user of [aTestUser(), aTestUser(ben)]) {
      for (let round = 0; round < 99; round += 1) await fixture.start(user, 'files');
    }
    await fixture.clock.advance(2 * HOUR_MS);
    await run();
    expect(await stored('oauth_state')).toEqual([]);
    expect(await stored('oauth_rate_limit')).toEqual([]);
  });
});

describe('the clean-up of grants', () => {
  const run = () => fixture.tasks.run('actions:user_connector_token_cleanup');

  it('ends and revokes grants that are unused for 90 days', async () => {
    const testUser = aTestUser();
    await connect(testUser, 'ana');
    await fixture.clock.advance(89 * DAY_MS);
    await run();
    expect(await stored('user_connector_token')).toHaveLength(1);
    await fixture.clock.advance(2 * DAY_MS);
    await run();
    // Revocations are sent outside of the task.
    while (strict.requests({ endpoint: 'revoke' }).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await fixture.statusOf(testUser, 'files')).toMatch(/not_connected|revocation_pending/);
    expect(strict.isGrantAlive('ana')).toBe(false);
  });

  it('keeps an old grant that was used', async () => {
    const testUser = aTestUser();
    await connect(testUser, 'ana');
    const client = fixture.actions.getActionsClient({
      user: testUser.user ?? undefined,
      spaceId: 'default',
    });
    for (let month = 0; month < 4; month += 1) {
      await fixture.clock.advance(29 * DAY_MS);
      await client.getOAuthAccessToken({ connectorId: 'files' });
    }
    await run();
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
    expect(strict.requests({ endpoint: 'revoke' })).toEqual([]);
  });
});

describe('the revocation outbox', () => {
  it('is retried until the provider responds', async () => {
    const testUser = aTestUser();
    await connect(testUser, 'ana');
    strict.failNext({ endpoint: 'revoke', times: 2, fault: { kind: 'status', status: 503 } });
    await fixture.disconnect(testUser, 'files');
    expect(await fixture.statusOf(testUser, 'files')).toBe('revocation_pending');
    expect(strict.isGrantAlive('ana')).toBe(true);
    await fixture.clock.advance(60_000);
    await fixture.tasks.run('actions:revocation_outbox');
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(await stored('oauth_revocation')).toEqual([]);
  });
});

describe('the sweep of revocation jobs', () => {
  it('runs even if a job of an older version cannot be converted', async () => {
    const calls: string[] = [];
    const tasks = createTaskManagerSetupMock();
    const services = {
      convertLegacyJobs: async () => {
        throw new Error('one job needs another key');
      },
      revocationJobs: { sweep: async () => void calls.push('sweep') },
    };
    registerActionsTasks(tasks, () => services as unknown as TaskServices);
    await expect(tasks.run('actions:oauth_revocation_jobs')).rejects.toThrow('needs another key');
    expect(calls).toEqual(['sweep']);
  });
});

describe('keep-alive', () => {
  const run = (context = {}) => fixture.tasks.run('actions:oauth_keep_alive', context);
  const lastUse = async () =>
    (await stored('user_connector_token')).map(
      (row) => (row as { attributes: { lastUsedAt?: string } }).attributes.lastUsedAt,
    );

  it('G108: refreshes an idle grant shortly before the idle limit of its provider, and not earlier', async () => {
    await connect(aTestUser(), 'ana');
    await fixture.clock.advance(0.69 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(0);
    await fixture.clock.advance(0.17 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    await run();
    expect(refreshes()).toBe(1);
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('connected');
  });

  it('does not count as a use of the grant', async () => {
    await connect(aTestUser(), 'ana');
    const before = await lastUse();
    await fixture.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    expect(await lastUse()).toEqual(before);
  });

  it('F79: refreshes no grant of a removed user', async () => {
    await connect(aTestUser(), 'ana');
    await connect(aTestUser(ben), 'ben');
    fixture.setUsers([ben]);
    await fixture.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    await run();
    expect(refreshes()).toBe(1);
    expect(await fixture.statusOf(aTestUser(ben), 'files')).toBe('connected');
  });

  it('G108: refreshes grants at different times even if they were authorized at the same time', async () => {
    await connect(aTestUser(), 'ana');
    await connect(aTestUser(ben), 'ben');
    await fixture.clock.advance(0.69 * IDLE_LIMIT_DAYS * DAY_MS);
    const seen = new Set<number>();
    for (let step = 0; step < 200 && refreshes() < 2; step += 1) {
      await fixture.clock.advance(0.001 * IDLE_LIMIT_DAYS * DAY_MS);
      await run();
      seen.add(refreshes());
    }
    expect([...seen]).toEqual([0, 1, 2]);
  });

  it('continues with other grants after one has failed', async () => {
    await connect(aTestUser(), 'ana');
    await connect(aTestUser(ben), 'ben');
    await fixture.clock.advance(0.9 * IDLE_LIMIT_DAYS * DAY_MS);
    strict.failNext({
      endpoint: 'token',
      grantType: 'refresh_token',
      fault: { kind: 'oauth_error', error: 'invalid_grant' },
    });
    await run();
    expect(refreshes()).toBe(2);
    const statuses = [
      await fixture.statusOf(aTestUser(), 'files'),
      await fixture.statusOf(aTestUser(ben), 'files'),
    ];
    expect(statuses.sort()).toEqual(['connected', 'needs_reauth']);
  });

  it('skips grants without an idle limit, and stops when it is aborted', async () => {
    await connect(aTestUser(), 'ana', 'patient');
    await connect(aTestUser(ben), 'ben');
    await fixture.clock.advance(80 * DAY_MS);
    await run({ signal: AbortSignal.abort() });
    expect(refreshes()).toBe(0);
    await run();
    expect(strict.tokenRequests({ grantType: 'refresh_token' })).toEqual([
      expect.objectContaining({ clientId: strict.clients.basic.clientId }),
    ]);
  });
});

describe('a removed user', () => {
  it('F79: loses every grant, here and at the provider, through a scheduled task', async () => {
    await connect(aTestUser(), 'ana');
    await connect(aTestUser(ben), 'ben');
    await fixture.security.announce({ type: 'disabled', profileUid: 'u_ana', username: 'ana' });
    expect(fixture.taskManager.calls).toContainEqual({
      method: 'schedule',
      task: {
        id: expect.stringMatching(`^${REVOKE_GRANTS_TASK}:[-0-9a-f]{36}$`),
        taskType: REVOKE_GRANTS_TASK,
        params: { profileUid: 'u_ana' },
      },
    });
    await fixture.tasks.run(REVOKE_GRANTS_TASK, { params: { profileUid: 'u_ana' } });
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await fixture.statusOf(aTestUser(ben), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ben')).toBe(true);
  });

  it('F79: may not execute in the background any more, with or without the earlier principal', async () => {
    await connect(aTestUser(), 'ana');
    const run = (user: typeof ben | undefined) =>
      fixture.actions
        .getActionsClient({ user, spaceId: 'default' })
        .getOAuthAccessToken({ connectorId: 'files' });
    await expect(run(ana)).resolves.toMatch(/^Bearer /);
    await fixture.security.announce({ type: 'deleted', profileUid: 'u_ana', username: 'ana' });
    await fixture.tasks.run(REVOKE_GRANTS_TASK, { params: { profileUid: 'u_ana' } });
    // The user of this profile uid does not exist any more.
    await expect(run(undefined)).rejects.toMatchObject({ statusCode: 403 });
    await expect(run(ana)).rejects.toMatchObject({ reason: 'no_token' });
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    const left = (await fixture.dump()).map((row) => JSON.stringify(row));
    expect(left.filter((row) => /"credentials":|"type":"oauth_revocation"/.test(row))).toEqual([]);
  });

  it('F79: loses every grant even if the server crashes immediately after the removal', async () => {
    await connect(aTestUser(), 'ana');
    await fixture.security.announce({ type: 'deactivating', profileUid: 'u_ana', username: 'ana' });
    const queued = fixture.taskManager.calls.flatMap((call) =>
      call.method === 'schedule' ? [call.task] : [],
    );
    expect(queued).toEqual([
      {
        id: expect.any(String),
        taskType: CHECK_ACCESS_TASK,
        params: { profileUid: 'u_ana' },
        runAt: new Date(fixture.clock.now() + 60_000),
      },
    ]);
    // The removal is not stored yet when the task is scheduled, and may never be.
    await fixture.tasks.run(CHECK_ACCESS_TASK, { params: { profileUid: 'u_ana' } });
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('connected');
    fixture.setUsers([ben]);
    await fixture.tasks.run(CHECK_ACCESS_TASK, { params: { profileUid: 'u_ana' } });
    expect(await fixture.statusOf(aTestUser(), 'files')).not.toBe('connected');
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('F79: loses every grant within a day even if the change event was missed', async () => {
    await connect(aTestUser(), 'ana');
    await connect(aTestUser(ben), 'ben');
    fixture.setUsers([ben]);
    await fixture.tasks.run('actions:user_connector_token_cleanup');
    expect(await fixture.statusOf(aTestUser(), 'files')).not.toBe('connected');
    while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await fixture.statusOf(aTestUser(ben), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ben')).toBe(true);
  });

  it('cannot be processed without a profile uid', async () => {
    await expect(fixture.tasks.run(REVOKE_GRANTS_TASK, { params: {} })).rejects.toThrow(
      'profileUid',
    );
  });
});

describe('the scheduled tasks', () => {
  it('have the ids and intervals of Kibana', () => {
    expect(fixture.taskManager.calls).toEqual(
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

  it('E69: contain only ids; tokens are read at execution', async () => {
    const taskManager = createTaskManagerStartMock();
    await scheduleActionsTasks(taskManager, createLoggerMock());
    const scheduled = taskManager.calls.filter(({ method }) => method !== 'cancel');
    expect(scheduled).toHaveLength(5);
    for (const call of scheduled) {
      expect(call).not.toHaveProperty('task.params');
      expect(Object.keys('task' in call ? call.task : {}).sort()).toEqual([
        'id',
        'intervalMs',
        'taskType',
      ]);
    }
  });

  it('do not prevent the start of the server if one cannot be scheduled, and the error is logged', async () => {
    const logger = createLoggerMock();
    const taskManager = {
      ...createTaskManagerStartMock(),
      ensureScheduled: async () => {
        throw new Error('the store is unavailable');
      },
    };
    await scheduleActionsTasks(taskManager, logger);
    expect(logger.lines.map(({ level }) => level)).toEqual(Array(5).fill('error'));
  });

  it('replace the recurring task of older versions, which is deleted from the store', async () => {
    const taskManager = createTaskManagerStartMock();
    const id = 'Actions-actions:oauth_endings';
    await taskManager.ensureScheduled({ id, taskType: 'actions:oauth_endings', intervalMs: 1000 });
    await scheduleActionsTasks(taskManager, createLoggerMock());
    expect(await taskManager.get(id)).toBeUndefined();
    const cancelled = taskManager.calls.filter(({ method }) => method === 'cancel');
    expect(cancelled).toEqual([{ method: 'cancel', taskId: id }]);
  });

  it('do not prevent the start of the server if a former one cannot be deleted, and the error is logged', async () => {
    const logger = createLoggerMock();
    const taskManager = {
      ...createTaskManagerStartMock(),
      cancel: async () => {
        throw new Error('the store is unavailable');
      },
    };
    await scheduleActionsTasks(taskManager, logger);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
