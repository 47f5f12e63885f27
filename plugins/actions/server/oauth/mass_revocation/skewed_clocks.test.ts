import type { Clock } from '@latchkey/core/server';
import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
  withLateSearches,
  withReadHook,
} from './mass_revocation.mock.ts';

const HOUR_MS = 60 * 60_000;
const { signal } = new AbortController();
const actor = aPrincipal();
const key = { scope: 'per-user', connectorId: 'drive', profileUid: 'u_ana' } as const;

let fixture: MassRevocationFixture;
let server: RevocationProcess;
/** A server whose clock is two hours ahead. */
let ahead: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  const { clock } = fixture;
  const aheadClock: Clock = {
    now: () => clock.now() + 2 * HOUR_MS,
    monotonic: () => clock.monotonic(),
    sleep: (ms, stop) => clock.sleep(ms, stop),
  };
  server = fixture.server({ repository: withLateSearches(fixture.repository) });
  ahead = fixture.server({ clock: aheadClock });
  fixture.connectors.put('drive');
});
afterEach(() => fixture.close());

const statusOf = (profileUid: string) => fixture.statusOf(server, 'drive', profileUid);
const start = (scope: Parameters<RevocationProcess['revocationJobs']['startJob']>[0]) =>
  server.revocationJobs.startJob(scope, { reason: 'mass_revoke', actor });

/** Authorizes as Ana with the given account. If another account is connected, the grant is held. */
const authorizeAs = async (by: RevocationProcess, account: string, connectorId = 'drive') => {
  const connector = fixture.connectors.get(connectorId);
  await by.grants.saveGrant({
    connector,
    client: server.stack.clients.forConnector(connector),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize({ account: { id: account, label: account } }),
    hold: {
      flowId: 'flow-1',
      browserBinding: 'browser',
      returnUrl: undefined,
      until: new Date(fixture.clock.now() + 3 * HOUR_MS),
    },
  });
};
/** Puts the held grant of Ana into use. */
const confirm = () =>
  server.accountChanges.decide({
    connectorId: 'drive',
    profileUid: 'u_ana',
    flowId: 'flow-1',
    actor,
    decision: 'change',
    client: server.stack.clients.forConnector(fixture.connectors.get('drive')),
  });

describe('a grant that was stored before a revocation job by a server whose clock is ahead', () => {
  it.each([
    ['a connector', { type: 'connector', connectorId: 'drive' }],
    ['a user', { type: 'user', profileUid: 'u_ana' }],
    ['a provider', { type: 'provider', provider: 'idp.example.com' }],
    ['all users', { type: 'all' }],
  ] as const)('G97: is ended by a job for %s', async (_, scope) => {
    await fixture.connect(ahead, 'drive', 'u_ana');
    expect(await server.revocationJobs.dryRun(scope)).toBe(1);
    const { id } = await start(scope);
    await server.revocationJobs.workOn(id, signal);
    const { job, counts } = await server.revocationJobs.get(id);
    expect(job).toMatchObject({ state: 'completed', isSettled: true });
    expect(counts).toMatchObject({ ended: 1, revocation: { revoked: 1 } });
    expect(await statusOf('u_ana')).toBe('not_connected');
    expect(fixture.provider.alive).toBe(0);
  });

  it('G97: is ended when another process continues the job, which skips a grant with a later date', async () => {
    await fixture.connect(ahead, 'drive', 'u_ana');
    const { id } = await start({ type: 'all' });
    await fixture.clock.advance(1000);
    await fixture.connect(ahead, 'drive', 'u_ben');
    await fixture.server().revocationJobs.workOn(id, signal);
    expect(await statusOf('u_ana')).toBe('not_connected');
    expect(await statusOf('u_ben')).toBe('connected');
  });

  it('F79, G97: is ended when its owner is removed', async () => {
    await fixture.connect(ahead, 'drive', 'u_ana');
    expect(await server.revocationJobs.revokeForUser('u_ana', 'user_removed', signal)).toBe(1);
    expect(await statusOf('u_ana')).toBe('not_connected');
  });

  it('F79, G97: does not extend a job for a user who may still use its space', async () => {
    fixture.connectors.put('ears', 'ears:google', { spaceId: 'sales' });
    await fixture.connect(ahead, 'drive', 'u_ana');
    await fixture.connect(server, 'ears', 'u_ana');
    const strict = fixture.server({ hasAccess: async (_, spaceId) => spaceId !== 'sales' });
    expect(await strict.revocationJobs.revokeForUser('u_ana', 'access_lost', signal)).toBe(1);
    const { views } = await strict.revocationJobs.list({ page: 1, perPage: 10 });
    expect(views.map(({ job }) => job.coversUntil)).toEqual([views[0]?.job.startedAt]);
  });

  it('is ended by an edit of its connector even if another edit has restored its client meanwhile', async () => {
    await fixture.connect(ahead, 'drive', 'u_ana');
    const { connectorRevocation } = server;
    const connector = fixture.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await connectorRevocation.prepare({ connector, reason, actor });
    fixture.connectors.put('drive', 'new.example.com');
    fixture.connectors.put('drive');
    await connectorRevocation.commit(prepared);
    expect(await statusOf('u_ana')).toBe('needs_reauth');
  });

  it.each([
    ['a provider', { type: 'provider', provider: 'idp.example.com' }],
    ['all users', { type: 'all' }],
  ] as const)(
    'A33, G97: is ended if it was held, and its user confirms it while the job for %s works',
    async (_, scope) => {
      await authorizeAs(server, 'ana');
      await authorizeAs(ahead, 'ben');
      await fixture.clock.advance(1000);
      const { id } = await start(scope);
      expect(await confirm()).toMatchObject({ to: { id: 'ben' } });
      await server.revocationJobs.workOn(id, signal);
      expect((await server.store.read(key))?.state).not.toBe('connected');
    },
  );

  it.each([
    ['a provider', 2, { type: 'provider', provider: 'idp.example.com' }],
    ['a provider', 3, { type: 'provider', provider: 'idp.example.com' }],
    ['all users', 2, { type: 'all' }],
    ['all users', 3, { type: 'all' }],
  ] as const)(
    'A33, G97: is ended if its user confirms it while a job for %s starts, before read %i',
    async (_, confirmedBefore, scope) => {
      await authorizeAs(server, 'ana');
      await authorizeAs(ahead, 'ben');
      await fixture.clock.advance(1000);
      let reads = 0;
      let confirmed: unknown;
      const repository = withReadHook(fixture.repository, async () => {
        reads += 1;
        if (reads === confirmedBefore) confirmed = await confirm();
      });
      const starting = fixture.server({ repository });
      const { id } = await starting.revocationJobs.startJob(scope, {
        reason: 'mass_revoke',
        actor,
      });
      expect(confirmed).toMatchObject({ to: { id: 'ben' } });
      await server.revocationJobs.workOn(id, signal);
      expect((await server.store.read(key))?.state).not.toBe('connected');
    },
  );

  it.each(['page_planned', 'bulkGet'] as const)(
    'A33, F79, G97: is ended if it was held, and its user confirms it while being removed: %s',
    async (confirmedAt) => {
      await authorizeAs(server, 'ana');
      await authorizeAs(ahead, 'ben');
      await fixture.clock.advance(1000);
      let confirmed: unknown;
      const confirmAt = async (point: string): Promise<void> => {
        if (point === confirmedAt) confirmed ??= await confirm();
      };
      const repository = withReadHook(fixture.repository, confirmAt);
      const working = fixture.server({ checkpoint: confirmAt, repository });
      await working.revocationJobs.revokeForUser('u_ana', 'user_removed', signal);
      expect(confirmed).toMatchObject({ to: { id: 'ben' } });
      expect((await server.store.read(key))?.state).not.toBe('connected');
    },
  );
});

describe('a grant of another provider that was stored by a server whose clock is ahead', () => {
  /** Starts a job for a provider, lets Ben authorize it a second later, and works on the job. */
  const revokeAround = async () => {
    const { id } = await start({ type: 'provider', provider: 'idp.example.com' });
    await fixture.clock.advance(1000);
    await fixture.connect(server, 'drive', 'u_ben');
    await server.revocationJobs.workOn(id, signal);
    return server.revocationJobs.get(id);
  };

  it('G97: does not let a job end grants that are authorized after its start', async () => {
    fixture.connectors.put('mail', 'mail.example.com');
    await fixture.connect(ahead, 'mail', 'u_ana');
    const { job } = await revokeAround();
    expect(job).toMatchObject({ state: 'completed', ended: 0 });
    expect(await statusOf('u_ben')).toBe('connected');
    expect(await fixture.statusOf(server, 'mail', 'u_ana')).toBe('connected');
  });

  it('A33, G97: does not let a job end such grants if it is held', async () => {
    fixture.connectors.put('mail', 'mail.example.com');
    await authorizeAs(server, 'ana', 'mail');
    await authorizeAs(ahead, 'ben', 'mail');
    expect((await server.store.read({ ...key, connectorId: 'mail' }))?.held).toBeDefined();
    const { job } = await revokeAround();
    expect(job).toMatchObject({ state: 'completed', ended: 0 });
    expect(await statusOf('u_ben')).toBe('connected');
  });
});
