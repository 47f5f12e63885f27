import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

/** An authorization that has read its connector and received its tokens, but is not stored yet. */
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

  it('replaces the grant of an earlier client, because its own client is the current one', async () => {
    fixture.connectors.put('drive', 'old.example.com');
    await fixture.connect(server, 'drive', 'u_ana');
    fixture.connectors.put('drive', 'new.example.com');
    await slowAuthorization().save();
    expect(await fixture.statusOf(server, 'drive', 'u_ana')).toBe('connected');
  });
});
