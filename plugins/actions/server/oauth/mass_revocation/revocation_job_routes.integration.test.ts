import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MANAGE_GRANTS } from '../../../common/index.ts';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
} from '../flow/flow_fixture.mock.ts';
import { USER_CONNECTOR_TOKEN_TYPE } from '../tokens/index.ts';

const JOBS = '/api/actions/grants/_revoke';
const GRANTS = '/api/actions/connector/files/grants';
const root = anAuthenticatedUser({ username: 'root', profileUid: 'u_root' });

/** A revocation job in an API response. */
interface Job {
  readonly id: string;
  readonly state: string;
  readonly ended: number;
  readonly revocation: Readonly<Record<string, number>>;
}

/** A grant as the server decrypts it. */
interface StoredGrant {
  readonly profileUid: string;
  readonly credentials: { readonly accessToken: string; readonly refreshToken: string };
}

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Profile uid of the user who has lost all privileges. `undefined`: no user has. */
let demoted: string | undefined;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  demoted = undefined;
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    missing: ({ user }, privilege) =>
      user?.profileUid === demoted ||
      (privilege === MANAGE_GRANTS && user?.profileUid !== root.profileUid),
    users: [ana, ben, root],
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  await connect(ana, 'ana');
  await connect(ben, 'ben');
  await fixture.clock.advance(1000);
});
afterEach(() => fixture.close());

async function connect(user: typeof ana, as: 'ana' | 'ben'): Promise<void> {
  const testUser = aTestUser(user);
  const { body } = await fixture.start(testUser, 'files');
  const arrival = await walkConsent(body.authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
  expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
}
const ask = <B = Job>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, as = root) =>
  fixture.as<B>(aTestUser(as), { method, url, ...(body === undefined ? {} : { body }) });
const workOn = (id: string) =>
  fixture.tasks.run('actions:oauth_revocation_job', { params: { revocationJobId: id } });
const audited = () =>
  fixture.audit.events
    .filter(({ action }) => action.startsWith('connector_grants'))
    .map(({ action, outcome, subjectProfileUid, principal }) =>
      [action, outcome, subjectProfileUid, principal.user?.username].filter(Boolean).join(' '),
    );
const tokens = () => strict.tokenRequests({}).length;

/** Returns access token and refresh token of a user, as the server decrypts them. */
async function tokensOf({ profileUid }: typeof ana): Promise<string[]> {
  const repository = fixture.core.savedObjects.createRepository({
    includedHiddenTypes: [USER_CONNECTOR_TOKEN_TYPE],
  });
  const rows = repository.iterate<StoredGrant>({ type: USER_CONNECTOR_TOKEN_TYPE, decrypt: true });
  for await (const batch of rows)
    for (const { attributes } of batch)
      if (attributes.profileUid === profileUid) {
        const { accessToken, refreshToken } = attributes.credentials;
        return [accessToken.replace('Bearer ', ''), refreshToken];
      }
  return [];
}

describe('an administrator', () => {
  it('F80: lists connected users with name and dates, without any token', async () => {
    const { status, body, text } = await ask<Record<string, unknown>>('GET', GRANTS);
    expect(status).toBe(200);
    expect(body).toEqual({
      page: 1,
      per_page: 20,
      failed_revocations: 0,
      total: 2,
      grants: [
        {
          profile_uid: 'u_ana',
          username: 'ana',
          connection_status: 'connected',
          status_since: expect.any(String),
          connected_at: expect.any(String),
          expires_at: expect.any(String),
        },
        // The name of a disabled or deleted user is not returned.
        expect.objectContaining({ profile_uid: 'u_ben', connection_status: 'connected' }),
      ],
    });
    expect(text).not.toMatch(/token/i);
    expect(audited()).toEqual(['connector_grants_find success root']);
    const second = await ask<{ grants: object[] }>('GET', `${GRANTS}?page=2&per_page=1`);
    expect(second.body.grants).toHaveLength(1);
  });

  it('F80: cannot read tokens through any route or stored document', async () => {
    const before = tokens();
    const held = [...(await tokensOf(ana)), ...(await tokensOf(ben))];
    expect(new Set(held).size).toBe(4);
    const responses = [
      await ask('GET', '/api/actions/connector/files'),
      await ask('GET', '/api/actions/connectors'),
      await ask('GET', GRANTS),
      await ask('POST', JOBS, { scope: { type: 'all' }, dry_run: true }),
      await ask('GET', JOBS),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const readable = [...responses.map(({ text }) => text), JSON.stringify(await fixture.dump())];
    for (const text of readable) expect(held.filter((token) => text.includes(token))).toEqual([]);
    expect(tokens()).toBe(before);
  });

  it('F80: ends the authorization of one user here and at the provider, which writes audit events', async () => {
    const { status, text } = await ask('DELETE', `${GRANTS}/u_ana`);
    expect([status, text]).toEqual([204, '']);
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(strict.isGrantAlive('ben')).toBe(true);
    expect(await fixture.statusOf(aTestUser(ana), 'files')).toBe('not_connected');
    expect(audited()).toEqual(['connector_grants_revoke unknown u_ana root']);
    expect(
      fixture.audit.events.find(({ action }) => action === 'connector_oauth_disconnect'),
    ).toMatchObject({ subjectProfileUid: 'u_ana', principal: { user: { username: 'root' } } });
    for (const profileUid of ['u_ana', 'u_nobody'])
      expect(await ask('DELETE', `${GRANTS}/${profileUid}`)).toMatchObject({
        status: 404,
        body: { attributes: { code: 'grant_not_found' } },
      });
    expect(await ask('GET', '/api/actions/connector/missing/grants')).toMatchObject({
      status: 404,
      body: { attributes: { code: 'not_found' } },
    });
  });

  it('F72, F80: refuses every user who lacks the privilege', async () => {
    const asked = [
      await ask('GET', GRANTS, undefined, ana),
      await ask('DELETE', `${GRANTS}/u_ben`, undefined, ana),
      await ask('POST', JOBS, { scope: { type: 'all' } }, ana),
      await ask('GET', JOBS, undefined, ana),
      await ask('GET', `${JOBS}/x`, undefined, ana),
      await ask('POST', `${JOBS}/x/_cancel`, undefined, ana),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    expect(strict.isGrantAlive('ben')).toBe(true);
  });
});

describe('counting the users of a connector', () => {
  const COUNT = '/internal/actions/connector/files/grants/_count';

  it('returns the number of users, without their names, to an administrator of connectors', async () => {
    const { status, body } = await ask<object>('GET', COUNT, undefined, ana);
    expect([status, body]).toEqual([200, { users: 2, need_reconnect: 0, revocation_pending: 0 }]);
    await ask('DELETE', `${GRANTS}/u_ben`);
    expect((await ask<object>('GET', COUNT, undefined, ana)).body).toMatchObject({ users: 1 });
  });

  it('refuses a connector that does not exist with 404', async () => {
    const url = '/internal/actions/connector/unknown/grants/_count';
    expect((await ask<object>('GET', url)).status).toBe(404);
  });
});

describe('mass revocation', () => {
  it('F81: is accepted, processed in the background, and shows its progress', async () => {
    const started = await ask('POST', JOBS, {
      scope: { type: 'connector', connector_id: 'files' },
    });
    expect(started.status).toBe(202);
    const { id } = started.body;
    expect(started.headers['location']).toBe(`${JOBS}/${id}`);
    expect(started.body).toMatchObject({
      state: 'running',
      scope: { type: 'connector', connector_id: 'files' },
      reason: 'mass_revoke',
      requested_by: { username: 'root', profile_uid: 'u_root' },
      total: 2,
      ended: 0,
    });
    expect(fixture.taskManager.calls).toContainEqual({
      method: 'schedule',
      task: {
        id: `actions:oauth_revocation_job:${id}`,
        taskType: 'actions:oauth_revocation_job',
        params: { revocationJobId: id },
      },
    });
    expect(await workOn(id)).toBeUndefined();
    expect((await ask('GET', `${JOBS}/${id}`)).body).toMatchObject({
      state: 'completed',
      is_settled: true,
      ended: 2,
      failed: 0,
      revocation: { revoked: 2, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
    });
    expect([strict.isGrantAlive('ana'), strict.isGrantAlive('ben')]).toEqual([false, false]);
    expect(await fixture.statusOf(aTestUser(ana), 'files')).toBe('not_connected');
    expect(audited()).toEqual([
      'connector_grants_mass_revoke unknown root',
      'connector_grants_mass_revoke success root',
    ]);
    const revokes = strict.requests({ endpoint: 'revoke' });
    expect(revokes).toHaveLength(4);
  });

  it('F81: counts grants by provider, by user and in total without ending them, and ends them afterwards', async () => {
    const provider = new URL(strict.tokenEndpoint).host;
    const count = async (scope: object) =>
      (await ask<{ total: number }>('POST', JOBS, { scope, dry_run: true })).body.total;
    expect(await count({ type: 'provider', provider })).toBe(2);
    expect(await count({ type: 'provider', provider: 'accounts.example.com' })).toBe(0);
    expect(await count({ type: 'user', profile_uid: 'u_ben' })).toBe(1);
    expect(await count({ type: 'all' })).toBe(2);
    expect(strict.requests({ endpoint: 'revoke' })).toEqual([]);
    const { body } = await ask('POST', JOBS, { scope: { type: 'user', profile_uid: 'u_ben' } });
    await workOn(body.id);
    expect([strict.isGrantAlive('ana'), strict.isGrantAlive('ben')]).toEqual([true, false]);
  });

  it('lists jobs with filters, the newest first, and cancels an unfinished job', async () => {
    const first = await ask('POST', JOBS, { scope: { type: 'user', profile_uid: 'u_ben' } });
    await fixture.clock.advance(1000);
    const second = await ask('POST', JOBS, { scope: { type: 'all' } });
    const list = async (query = '') =>
      (await ask<{ jobs: Job[] }>('GET', `${JOBS}${query}`)).body.jobs.map(({ id }) => id);
    expect(await list()).toEqual([second.body.id, first.body.id]);
    expect(await list('?profile_uid=u_ben')).toEqual([first.body.id]);
    expect(await list('?state=completed')).toEqual([]);
    const cancel = () => ask<Record<string, unknown>>('POST', `${JOBS}/${second.body.id}/_cancel`);
    expect((await cancel()).body).toMatchObject({ state: 'cancelled', ended: 0 });
    expect((await cancel()).body).toMatchObject({
      attributes: { code: 'revocation_job_finished' },
    });
    await workOn(second.body.id);
    expect(strict.isGrantAlive('ana')).toBe(true);
    expect((await ask<object>('GET', `${JOBS}/missing`)).body).toMatchObject({
      attributes: { code: 'revocation_job_not_found' },
    });
  });

  it.each([
    [{}],
    [{ scope: { type: 'connector' } }],
    [{ scope: { type: 'all', connector_id: 'files' } }],
    [{ scope: { type: 'everything' } }],
    [{ scope: { type: 'provider', provider: '  ' } }],
  ])('is refused with 400 for the body %j', async (body) => {
    expect((await ask('POST', JOBS, body)).status).toBe(400);
    expect((await ask<{ total: number }>('GET', JOBS)).body.total).toBe(0);
  });
});

describe('a deleted connector', () => {
  it('H115: has a revocation job in the list, with the results for its authorizations', async () => {
    expect((await ask('DELETE', '/api/actions/connector/files')).status).toBe(204);
    while (strict.isGrantAlive('ana') || strict.isGrantAlive('ben'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const { body } = await ask<{ jobs: Job[] }>('GET', `${JOBS}?connector_id=files`);
    expect(body.jobs).toEqual([
      expect.objectContaining({ reason: 'connector_deleted', state: 'completed', ended: 2 }),
    ]);
    expect((await ask<object>('POST', `${JOBS}/${body.jobs[0]?.id}/_cancel`)).body).toMatchObject({
      attributes: { code: 'revocation_job_cannot_be_cancelled' },
    });
    expect(audited()).toContain('connector_grants_end success root');
  });
});

describe('a user whose roles change', () => {
  it('F79: loses the grants of spaces that the user may no longer use, as soon as every process knows the new roles', async () => {
    await fixture.security.announce({
      type: 'roles_changed',
      profileUid: 'u_ben',
      username: 'ben',
    });
    const call = fixture.taskManager.calls.at(-1);
    expect(call).toMatchObject({
      method: 'schedule',
      task: {
        taskType: 'actions:check_access_of_user',
        params: { profileUid: 'u_ben' },
        runAt: new Date(fixture.clock.now() + 5000),
      },
    });
    demoted = 'u_ben';
    for (const profileUid of ['u_ben', 'u_ana'])
      await fixture.tasks.run('actions:check_access_of_user', { params: { profileUid } });
    while (strict.isGrantAlive('ben')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(strict.isGrantAlive('ana')).toBe(true);
    expect(await fixture.statusOf(aTestUser(ana), 'files')).toBe('connected');
  });
});
