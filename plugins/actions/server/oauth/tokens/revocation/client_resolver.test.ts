import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const connector = aConnector();

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

async function connect(process: TokenProcess): Promise<void> {
  await process.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize(),
  });
}

const disconnect = (process: TokenProcess, read: typeof connector | undefined) =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    connector: read,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: aPrincipal(),
  });

const revoked = () => fixture.provider.seen.filter(({ call }) => call === 'revoke').length;

it.each([
  // The attempt always reads the connector, because an administrator may have corrected the secret.
  ['once when the caller passes the connector', connector, 1],
  ['twice when the caller does not pass the connector', undefined, 2],
])('a disconnect reads the connector from the store %s', async (_, read, expected) => {
  let reads = 0;
  const process = fixture.process({
    connectors: {
      find: async () => {
        reads += 1;
        return { kind: 'found', connector };
      },
    },
  });
  await connect(process);
  await disconnect(process, read);
  expect([reads, revoked()]).toEqual([expected, 2]);
});

it('a disconnect reads the connector again when the grant has a different client than the connector of the caller', async () => {
  await connect(fixture.process({ connector }));
  const before = aConnector({ version: 'before the edit' });
  const current = fixture.provider.client();
  const process = fixture.process({
    connector,
    clients: {
      ...fixture.provider.clients(),
      resolveRevocationClient: ({ version }) =>
        version === before.version
          ? fixture.provider.client({ fingerprint: 'fp-before' })
          : current,
    },
  });
  await disconnect(process, before);
  expect(revoked()).toBe(2);
});
