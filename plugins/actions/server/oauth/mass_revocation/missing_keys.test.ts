import { TEST_ENCRYPTION_KEY } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConnectorReader } from '../../connector_data/index.ts';
import { openActionsStore } from '../../testing/index.ts';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from './mass_revocation.mock.ts';

const signal = new AbortController().signal;
const NEW_KEY = 'development-only-another-key-0123456789';

let fixture: MassRevocationFixture;
/** Server with both encryption keys; it encrypts with the new one. */
let withKey: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  const { repository } = await openActionsStore({
    store: fixture.store,
    clock: fixture.clock,
    keys: { primary: NEW_KEY, decryptionOnly: [TEST_ENCRYPTION_KEY] },
  });
  withKey = fixture.server({ repository });
  fixture.connectors.put('drive');
  fixture.connectors.put('mail');
});
afterEach(() => fixture.close());

/**
 * Server that has only the old key. `unreadable`: ids of connectors that are encrypted with the new
 * key.
 */
const withoutKey = (...unreadable: readonly string[]): RevocationProcess => {
  const connectors: ConnectorReader = {
    find: async (id) => {
      if (!unreadable.includes(id)) return fixture.connectors.find(id);
      const details = { type: 'action', id, keyId: 'k2' };
      const message = `[action:${id}] cannot be decrypted`;
      return {
        kind: 'unreadable',
        reason: new SavedObjectError('undecryptable', message, details),
      };
    },
  };
  return fixture.server({ connectors });
};
/** Stores grants with the key of the given server. Grants of the old server can be read by both. */
const authorize = async (server: RevocationProcess, ids: readonly string[]) => {
  for (const id of ids) await fixture.connect(server, id, 'u_ana');
  await fixture.clock.advance(1000);
};

/** Works on a job once. Advances the clock, so that the pauses between its passes end. */
const work = async (server: RevocationProcess, id: string) => {
  let isDone = false;
  const working = server.revocationJobs.workOn(id, signal).finally(() => {
    isDone = true;
  });
  while (!isDone) await fixture.clock.advance(1000);
  await working;
  return server.revocationJobs.get(id);
};
const mass = { reason: 'mass_revoke', actor: undefined } as const;

it.each([
  ['provider', { type: 'provider', provider: 'idp.example.com' }],
  ['all', { type: 'all' }],
] as const)(
  'D60: a job of scope %s ends other grants and counts those whose client needs another key',
  async (_, scope) => {
    const server = withoutKey('drive');
    await authorize(server, ['drive', 'mail']);
    const { id } = await withKey.revocationJobs.startJob(scope, mass);
    const first = await work(server, id);
    expect(first.job.state).toBe('running');
    expect(first.counts).toMatchObject({ ended: 1, failed: 1 });
    expect(await fixture.statusOf(withKey, 'drive', 'u_ana')).toBe('connected');
    const second = await work(withKey, id);
    expect(second.job.state).toBe('completed');
    expect(second.counts).toMatchObject({ ended: 2, failed: 0, revocation: { revoked: 2 } });
  },
);

it('D60, G97: a job for a provider covers a grant dated ahead whose client needs another key', async () => {
  const server = withoutKey('drive');
  fixture.clock.jumpWall(60 * 60_000);
  await fixture.connect(server, 'drive', 'u_ana');
  fixture.clock.jumpWall(-60 * 60_000);
  const scope = { type: 'provider', provider: 'idp.example.com' } as const;
  const { id } = await server.revocationJobs.startJob(scope, mass);
  expect((await work(withKey, id)).counts).toMatchObject({ ended: 1, revocation: { revoked: 1 } });
});

it('D60: a page whose grants all need another key counts them as failed and does not report an outage', async () => {
  const server = withoutKey('drive');
  await authorize(server, ['drive']);
  const scope = { type: 'connector', connectorId: 'drive' } as const;
  const { id } = await withKey.revocationJobs.startJob(scope, mass);
  expect((await work(server, id)).counts).toMatchObject({ ended: 0, failed: 1 });
  expect((await work(withKey, id)).counts.revocation).toMatchObject({ revoked: 1 });
});

it('D60: a job whose stored client needs another key ends no grant until a server has the key', async () => {
  const server = withoutKey();
  await authorize(server, ['drive']);
  const connector = fixture.connectors.get('drive');
  const reason = 'connector_deleted';
  const { id } = await withKey.connectorRevocation.prepare({
    connector,
    reason,
    actor: undefined,
  });
  fixture.connectors.remove('drive');
  await server.revocationJobs.workOn(id, signal).catch(() => undefined);
  await expect(server.revocationJobs.workOn(id, signal)).rejects.toMatchObject({
    details: { keyId: expect.any(String) },
  });
  expect(fixture.revocations()).toEqual([]);
  const { counts } = await work(withKey, id);
  expect(counts).toMatchObject({ ended: 1, revocation: { revoked: 1 } });
  expect(fixture.revocations()).toHaveLength(2);
});

it('D60: the job of an interrupted edit is kept while no server can read the edited connector', async () => {
  const server = withoutKey('drive');
  await authorize(server, ['drive']);
  const connector = fixture.connectors.get('drive');
  const reason = 'connector_changed';
  const edit = { connector, reason, actor: undefined } as const;
  const { id } = await withKey.connectorRevocation.prepare(edit);
  fixture.connectors.put('drive', 'new.example.com');
  await fixture.clock.advance(25 * 60 * 60_000);
  await server.revocationJobs.workOn(id, signal);
  const { counts } = await work(withKey, id);
  expect(counts).toMatchObject({ ended: 1, revocation: { revoked: 1 } });
});
