import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from './mass_revocation.mock.ts';

let fixture: MassRevocationFixture;
let server: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  server = fixture.server();
});
afterEach(() => fixture.close());

/**
 * Starts an authorization that has read its connector and received its tokens, and stores its grant
 * when the test calls `save`.
 */
const slowAuthorization = () => {
  const connector = fixture.connectors.get('drive');
  const client = server.stack.clients.forConnector(connector);
  const grant = fixture.provider.authorize();
  return {
    grant,
    save: () => server.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant }),
  };
};

describe('an authorization that is stored after its connector was edited', () => {
  it('F78, G104: does not replace the grant that the user authorized after the edit', async () => {
    fixture.connectors.put('drive', 'old.example.com');
    const { save } = slowAuthorization();
    fixture.connectors.put('drive', 'new.example.com');
    await fixture.connect(server, 'drive', 'u_ana');
    const key = { scope: 'per-user', connectorId: 'drive', profileUid: 'u_ana' } as const;
    const later = await server.store.read(key);
    await expect(save()).rejects.toMatchObject({ code: 'connector_changed' });
    expect(await server.store.read(key)).toEqual(later);
    expect(await fixture.statusOf(server, 'drive', 'u_ana')).toBe('connected');
    await server.outbox.drain(1000);
    expect(fixture.revocations()).toEqual([]);
  });

  it('replaces the grant of an earlier client if it has used the current client itself', async () => {
    fixture.connectors.put('drive', 'old.example.com');
    await fixture.connect(server, 'drive', 'u_ana');
    fixture.connectors.put('drive', 'new.example.com');
    await slowAuthorization().save();
    expect(await fixture.statusOf(server, 'drive', 'u_ana')).toBe('connected');
  });
});

describe('A33: a change of account that the user confirms while a revocation job works', () => {
  const key = { scope: 'per-user', connectorId: 'drive', profileUid: 'u_ana' } as const;
  const { signal } = new AbortController();

  /** Authorizes with the given account. If another account is connected, the grant is held. */
  const authorizeAs = async (account: string) => {
    const connector = fixture.connectors.get('drive');
    await server.grants.saveGrant({
      connector,
      client: server.stack.clients.forConnector(connector),
      profileUid: 'u_ana',
      grant: fixture.provider.authorize({ account: { id: account, label: account } }),
      hold: {
        flowId: 'flow-1',
        browserBinding: 'browser',
        returnUrl: undefined,
        until: new Date(fixture.clock.now() + 15 * 60_000),
      },
    });
  };

  it.each([
    ['ends the connector', 'connector_deleted'],
    ['ends all grants of the connector', 'mass_revoke'],
  ] as const)('does not keep the new grant when the job %s', async (_, reason) => {
    const connector = fixture.connectors.put('drive');
    await authorizeAs('ana');
    await authorizeAs('ben');
    await fixture.clock.advance(1000);
    let decided: unknown;
    // The job has read the grant, which the change of account then replaces.
    const working = fixture.server({
      checkpoint: async (point) => {
        if (point !== 'page_planned' || decided !== undefined) return;
        decided = await server.accountChanges.decide({
          connectorId: 'drive',
          profileUid: 'u_ana',
          flowId: 'flow-1',
          actor: aPrincipal(),
          decision: 'change',
          client: server.stack.clients.forConnector(connector),
        });
      },
    });
    if (reason === 'connector_deleted') {
      const request = { connector, reason, actor: undefined };
      const prepared = await working.connectorRevocation.prepare(request);
      fixture.connectors.remove('drive');
      await working.connectorRevocation.commit(prepared);
    } else {
      const scope = { type: 'connector', connectorId: 'drive' } as const;
      const job = await working.revocationJobs.startJob(scope, { reason, actor: undefined });
      await working.revocationJobs.workOn(job.id, signal);
    }
    expect(decided).toMatchObject({ from: { id: 'ana' }, to: { id: 'ben' } });
    expect((await server.store.read(key))?.state).not.toBe('connected');
    await server.outbox.drain(1000);
    await working.outbox.drain(1000);
    await fixture.clock.advance(60_000);
    await server.outbox.processDue(signal);
    expect(fixture.provider.alive).toBe(0);
  });
});
