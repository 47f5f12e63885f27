import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type FakeOAuthServer, startStrict } from '@latchkey/dev-providers';
import {
  aDataPath,
  createUser,
  filesOwner,
  launchServer,
  listStrictFiles,
  revocableStrictFiles,
  type ServerProcess,
  stopAtTheEnd,
  stopEverything,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CountingProvider, startCountingProvider } from '../support/counting_provider.ts';
import { mustAuthorize } from '../support/executions.ts';
import { OWN_CLICK, openHeldCallback, openPage, press } from '../support/pages.ts';
import {
  connectInSpace,
  createSpace,
  deleteSpace,
  deletionOf,
  inSpace,
  leftOf,
} from '../support/spaces.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { withBareStore } from '../support/stored_documents.ts';

/**
 * The outbox runs once a minute and retries entries that are older than half a minute. Busy
 * machines take longer.
 */
const NEXT_ATTEMPT_WITHIN_MS = 400_000;
/**
 * Time within which another process continues: a deletion after ten seconds without progress, a
 * revocation job after a minute.
 */
const TAKEN_UP_WITHIN_MS = 400_000;
const LIST = { method: 'GET', path: '/api/actions/connectors' } as const;
/** Points at which the build `dies_in_space_deletion_build.ts` kills its process. */
const CRASH_POINTS = ['closed', 'connector_deleted', 'run_begun', 'contents_gone'] as const;
const AWAY = { endpoint: 'revoke', times: 1000, fault: { kind: 'status', status: 503 } } as const;

/** A provider that only one test uses, so that all requests it received belong to that test. */
async function aProvider(): Promise<FakeOAuthServer> {
  const strict = await startStrict({ port: 0 });
  stopAtTheEnd(() => strict.stop());
  return strict;
}

onEachStore((store) => {
  /**
   * Folder with one file per space whose deletion is paused in all processes but the one that began
   * it.
   */
  let paused: string;
  const environment = startBeforeAll(() => {
    paused = aDataPath();
    const build = new URL('../builds/deletes_spaces_when_asked_build.ts', import.meta.url);
    build.searchParams.set('paused', paused);
    return { store, processes: 2, build };
  });
  let unavailable: Awaited<ReturnType<typeof deletedWhileProviderUnavailable>>;
  const crashes = new Map<string, Awaited<ReturnType<typeof deletedByProcessThatDies>>>();
  beforeAll(async () => {
    // These scenarios run before the first test, because all tests wait for the same background
    // runs.
    unavailable = await deletedWhileProviderUnavailable();
    for (const at of CRASH_POINTS) crashes.set(at, await deletedByProcessThatDies(at));
  });

  /** Creates a space with connectors to a new provider, each authorized by Ana and Ben. */
  async function aSpaceInUse(
    id: string,
    connectorIds: readonly string[],
  ): Promise<FakeOAuthServer> {
    const { admin, ana, ben, first } = environment;
    const strict = await aProvider();
    expect(await createSpace(admin, first, id)).toBe(200);
    for (const connectorId of connectorIds) {
      await createConnector(id, connectorId, strict);
      for (const testUser of [ana, ben])
        expect(await connectInSpace(testUser, first, { spaceId: id, connectorId })).toBe(200);
    }
    return strict;
  }

  const createConnector = (spaceId: string, connectorId: string, strict: FakeOAuthServer) =>
    environment.admin.json(
      inSpace(environment.first, spaceId),
      `POST /api/actions/connector/${connectorId}`,
      revocableStrictFiles({ strict }),
    );

  const untilDeleted = (id: string, server: ServerProcess) =>
    waitUntil(
      `the deletion of [${id}]`,
      async () => (await deletionOf(environment.admin, server, id))?.state === 'completed',
      { timeoutMs: TAKEN_UP_WITHIN_MS },
    );

  const untilRevoked = (strict: FakeOAuthServer, timeoutMs?: number) =>
    waitUntil('the revocations', () => !strict.isGrantAlive('ana') && !strict.isGrantAlive('ben'), {
      timeoutMs,
    });

  const untilEmpty = (id: string) =>
    waitUntil(`nothing in [${id}]`, async () => (await leftOf(environment, id)).length === 0, {
      timeoutMs: NEXT_ATTEMPT_WITHIN_MS,
    });

  async function deletedWhileProviderUnavailable() {
    const { admin, first } = environment;
    const strict = await aSpaceInUse('ops', ['ops-files']);
    strict.failNext(AWAY);
    expect(await deleteSpace(admin, first, 'ops')).toBe(204);
    await untilDeleted('ops', first);
    const meanwhile = {
      isAlive: strict.isGrantAlive('ana'),
      outstanding: (await deletionOf(admin, first, 'ops'))?.outstanding,
      created: await createSpace(admin, first, 'ops'),
    };
    strict.clearFaults();
    return { strict, meanwhile };
  }

  const spaceOf = (at: string) => `lab-${at}`;

  /**
   * Creates a space with two connectors, each authorized by two users, and deletes it through a
   * process that is killed meanwhile.
   */
  async function deletedByProcessThatDies(at: string) {
    const { admin, second } = environment;
    const id = spaceOf(at);
    const strict = await aSpaceInUse(id, [`a-${at}`, `b-${at}`]);
    writeFileSync(join(paused, id), '');
    const dies = `../builds/dies_in_space_deletion_build.ts?at=${at}&space=${id}`;
    const build = new URL(dies, import.meta.url);
    const dying = await environment.addServer({}, build);
    // The request usually fails, because the process is killed during it. On a slow machine the
    // response comes first: the request does not wait for a long deletion, which continues in the
    // background.
    await deleteSpace(admin, dying, id).catch(() => undefined);
    const meanwhile = {
      signal: (await dying.exited).signal,
      read: (await admin.call(inSpace(second, id), LIST)).status,
      created: await createSpace(admin, second, id),
      role: await putRole(id),
    };
    rmSync(join(paused, id));
    return { strict, meanwhile };
  }

  const putRole = async (spaceId: string): Promise<number> => {
    const row = { feature: { actions: ['read'] }, spaces: [spaceId] };
    const { admin, second } = environment;
    const body = { kibana: [row] };
    return (await admin.call(second, `PUT /api/security/role/reader-${spaceId}`, body)).status;
  };

  it('a deleted space leaves no secret, privilege or authorization to a new space of the same id', async () => {
    const { admin, ana, first, second } = environment;
    const strict = await aSpaceInUse('finance', ['fin-bank']);
    const mallory = new TestUser({ username: 'mallory', password: 'mallory-password-5b10' });
    const row = { feature: { actions: ['read'] }, spaces: ['finance'] };
    await admin.json(first, 'PUT /api/security/role/finance_reader', { kibana: [row] });
    await createUser(admin, first, mallory, ['finance_reader']);
    await mallory.logIn(first);
    expect((await mallory.call(inSpace(first, 'finance'), LIST)).status).toBe(200);

    expect(await deleteSpace(admin, first, 'finance')).toBe(204);
    await untilDeleted('finance', first);
    await untilRevoked(strict);
    expect(await deletionOf(admin, second, 'finance')).toMatchObject({
      state: 'completed',
      steps: [
        { id: 'security', removed: { roles: 1 } },
        { id: 'actions', removed: { connectors: 1, authorizations: 2 } },
        { id: 'workflows' },
      ],
    });
    await untilEmpty('finance');

    expect(await createSpace(admin, first, 'finance')).toBe(200);
    expect(await admin.json(inSpace(first, 'finance'), LIST)).toEqual([]);
    expect((await mallory.call(inSpace(first, 'finance'), LIST)).status).toBe(404);
    await createConnector('finance', 'fin-bank', strict);
    expect(await ana.execute(inSpace(first, 'finance'), 'fin-bank', listStrictFiles)).toMatchObject(
      mustAuthorize('no_token'),
    );
  });

  it('a space that is being deleted is closed in every process immediately, even for a callback that arrives late', async () => {
    const { admin, ana, ben, first, second } = environment;
    const strict = await aSpaceInUse('hr', ['hr-files']);
    const [here, there] = [inSpace(first, 'hr'), inSpace(second, 'hr')];
    expect(await ben.disconnect(here, 'hr-files')).toMatchObject({ status: 204 });
    await waitUntil('the revocation', () => !strict.isGrantAlive('ben'));
    const late = await ben.callbackPath(there, 'hr-files', { publicServer: first });
    // This execution succeeds, so the second process has stored in memory that the space is open.
    // The requests below must be refused nevertheless.
    expect(await filesOwner(ana, there, 'hr-files')).toBe('ana@example.com');
    expect(await deleteSpace(admin, first, 'hr')).toBe(204);
    const responses = await Promise.all([
      ana.call(there, 'POST /api/actions/connector/hr-files/_execute', { params: listStrictFiles }),
      admin.call(there, 'POST /api/actions/connector/hr-late', strictFiles({ strict })),
      ana.call(there, 'POST /internal/actions/connector/hr-files/_start_oauth_flow', {}),
      ben.call(second, `GET ${late}`),
    ]);
    expect(responses.slice(0, 3).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(responses[3]?.status).toBeGreaterThanOrEqual(400);
    await untilDeleted('hr', second);
    await untilRevoked(strict);
    await untilEmpty('hr');
  });

  it('a space is deleted, and its id is free, while the provider is down; the progress counts pending revocations', async () => {
    expect(unavailable.meanwhile).toEqual({
      isAlive: true,
      outstanding: { revocations: 2, failed_revocations: 0, unsupported_revocations: 0 },
      created: 200,
    });
    await untilRevoked(unavailable.strict, NEXT_ATTEMPT_WITHIN_MS);
    const { admin, first } = environment;
    const outstanding = async () => (await deletionOf(admin, first, 'ops'))?.outstanding;
    const isNone = async () => (await outstanding())?.['revocations'] === 0;
    await waitUntil('nothing outstanding', isNone, { timeoutMs: NEXT_ATTEMPT_WITHIN_MS });
  });

  it.each(CRASH_POINTS)(
    'F81: a deletion of a space is continued by another process when the process that deletes is killed at [%s]',
    async (at) => {
      const { admin, second } = environment;
      const id = spaceOf(at);
      const crash = crashes.get(at);
      if (crash === undefined) throw new Error('no process crashed');
      const closed = { signal: 'SIGKILL', read: 404, created: 409, role: 409 };
      expect(crash.meanwhile).toEqual(closed);
      await untilDeleted(id, second);
      await untilRevoked(crash.strict, NEXT_ATTEMPT_WITHIN_MS);
      await untilEmpty(id);
      expect(await createSpace(admin, second, id)).toBe(200);
    },
  );

  it('contents of a deleted space that an older version left behind are found at the next start, and its grants are revoked', async () => {
    const { admin, first } = environment;
    const strict = await aSpaceInUse('lost', ['lost-files']);
    await withBareStore(environment, 'space', async (bare) => bare.delete('space:lost', 'space'));
    await environment.addServer();
    await untilDeleted('lost', first);
    expect(await deletionOf(admin, first, 'lost')).toMatchObject({
      reason: 'orphaned',
      steps: [
        { id: 'security' },
        { id: 'actions', removed: { connectors: 1, authorizations: 2 } },
        { id: 'workflows' },
      ],
    });
    await untilRevoked(strict);
    await untilEmpty('lost');
  });

  /**
   * Creates a space in which Ana has authorized twice with one account, and then returned from the
   * provider with another account, which waits for her confirmation.
   */
  async function aSpaceWithHeldAccount(id: string) {
    const { admin, ana, first } = environment;
    const provider = await startCountingProvider({ account: 'userinfo', revokes: 'grant' });
    const connectorId = `${id}-files`;
    expect(await createSpace(admin, first, id)).toBe(200);
    await admin.json(
      inSpace(first, id),
      `POST /api/actions/connector/${connectorId}`,
      provider.connector,
    );
    for (const _time of ['first', 'again'])
      expect(await connectInSpace(ana, first, { spaceId: id, connectorId })).toBe(200);
    provider.account = 'ben';
    const callback = await ana.callbackPath(inSpace(first, id), connectorId, {
      publicServer: first,
    });
    const path = await openHeldCallback(ana, first, callback);
    const page = await openPage(ana, first, path);
    expect(page.text).toContain('Change to ben@example.com');
    expect(provider.active()).toEqual(['ana', 'ana', 'ben']);
    return { provider, path, page };
  }
  const untilNoneActive = (provider: CountingProvider) =>
    waitUntil('the revocation of every grant', () => provider.active().length === 0, {
      timeoutMs: NEXT_ATTEMPT_WITHIN_MS,
    });

  it('A33: a deletion of a space revokes a grant that waits for confirmation, the connected grant and the grants that it replaced', async () => {
    const { admin, ana, first, second } = environment;
    const { provider, path, page } = await aSpaceWithHeldAccount('legal');
    expect(await deleteSpace(admin, first, 'legal')).toBe(204);
    await untilNoneActive(provider);
    await untilDeleted('legal', second);
    await untilEmpty('legal');
    const headers = { ...OWN_CLICK, origin: first.url };
    for (const server of [first, second]) {
      expect((await openPage(ana, server, path)).status).toBe(404);
      expect((await press(ana, server, page, { button: 'change', headers })).status).toBe(404);
    }
  });

  it('A33: a deletion of a space leaves no grant of either account when the user decides while it runs', async () => {
    const { admin, ana, first, second } = environment;
    const headers = { ...OWN_CLICK, origin: first.url };
    for (const button of ['change', 'keep']) {
      const id = `race-${button}`;
      const { provider, page } = await aSpaceWithHeldAccount(id);
      const [deleted] = await Promise.all([
        deleteSpace(admin, first, id),
        press(ana, second, page, { button, headers }),
      ]);
      expect(deleted).toBe(204);
      await untilNoneActive(provider);
      await untilDeleted(id, second);
      await untilEmpty(id);
    }
  });

  it('F71: a deletion of a space cannot be discovered without credentials', async () => {
    const { admin, first } = environment;
    const anonymous = new TestUser({ username: 'nobody', password: '' });
    await createSpace(admin, first, 'known');
    for (const path of ['/login', '/api/status', '/api/actions/connectors', '/']) {
      const [known, unknown] = await Promise.all(
        ['known', 'unknown'].map((id) => anonymous.call(inSpace(first, id), `GET ${path}`)),
      );
      expect(known?.status).toBe(unknown?.status);
    }
  });
});

describe('a plugin that stores something per space', () => {
  it('stops the server from starting when it has not registered a handler that deletes the data', async () => {
    const build = new URL('../builds/unhandled_type_build.ts', import.meta.url);
    const server = await launchServer({ dataPath: aDataPath(), build });
    expect((await server.exited).code).not.toBe(0);
    await server.waitForOutput('without a space data handler: [task]');
    await stopEverything();
  });
});
