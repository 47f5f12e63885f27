import type { Clock } from '@latchkey/core/server';
import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
  withLateSearches,
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

  it('A33, G97: is ended if it was held, and its user confirms it while the job works', async () => {
    const connector = fixture.connectors.get('drive');
    const client = server.stack.clients.forConnector(connector);
    const authorize = (by: RevocationProcess, account: string) =>
      by.grants.saveGrant({
        connector,
        client,
        profileUid: 'u_ana',
        grant: fixture.provider.authorize({ account: { id: account, label: account } }),
        hold: {
          flowId: 'flow-1',
          browserBinding: 'browser',
          returnUrl: undefined,
          until: new Date(fixture.clock.now() + 3 * HOUR_MS),
        },
      });
    await authorize(server, 'ana');
    await authorize(ahead, 'ben');
    await fixture.clock.advance(1000);
    const { id } = await start({ type: 'all' });
    const decided = await server.accountChanges.decide({
      connectorId: 'drive',
      profileUid: 'u_ana',
      flowId: 'flow-1',
      actor,
      decision: 'change',
      client,
    });
    expect(decided).toMatchObject({ to: { id: 'ben' } });
    await server.revocationJobs.workOn(id, signal);
    expect((await server.store.read(key))?.state).not.toBe('connected');
  });
});
