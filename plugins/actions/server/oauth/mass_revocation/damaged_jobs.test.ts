import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from './mass_revocation.mock.ts';

const { signal } = new AbortController();
const TYPE = 'oauth_revocation_job';

let fixture: MassRevocationFixture;
let server: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  server = fixture.server();
  fixture.connectors.put('drive');
  await fixture.connect(server, 'drive', 'u_ana');
  await fixture.connect(server, 'drive', 'u_ben');
  await fixture.clock.advance(1000);
});
afterEach(() => fixture.close());

/** Changes one character of the encrypted client, as a disk error would. */
async function damage(id: string): Promise<void> {
  const [row] = await fixture.store.getMany([`${TYPE}:${id}`], TYPE);
  if (row === undefined) throw new Error('the job was not found');
  const text = String(row.attributes['client']);
  const at = text.length - 5;
  const client = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  await fixture.store.put({ ...row, attributes: { ...row.attributes, client } });
}

/** Works on a job until no further attempt is needed. */
const workUntilDone = async (id: string) => {
  for (let tries = 0; tries < 5; tries += 1) {
    const next = await server.revocationJobs.workOn(id, signal, tries);
    if (next === undefined) break;
    await fixture.clock.advance(Math.max(0, next.getTime() - fixture.clock.now()));
  }
  return server.revocationJobs.get(id);
};

const prepare = async () => {
  const connector = fixture.connectors.get('drive');
  const reason = 'connector_deleted';
  const prepared = await server.connectorRevocation.prepare({
    connector,
    reason,
    actor: undefined,
  });
  fixture.connectors.remove('drive');
  return prepared;
};

describe('a revocation job whose client is corrupt', () => {
  it('D55: ends all grants, counts them as not revoked, and is settled', async () => {
    const { id } = await prepare();
    await damage(id);
    const { job, counts } = await workUntilDone(id);
    expect([job.state, job.isSettled]).toEqual(['completed', true]);
    expect(counts).toMatchObject({
      ended: 2,
      failed: 0,
      revocation: { unsupported: 2, waiting: 0 },
    });
    expect(await fixture.statusOf(server, 'drive', 'u_ana')).toBe('not_connected');
    expect(fixture.revocations()).toEqual([]);
  });

  it('D55: revokes its grants and is settled when the tokens are already in the outbox', async () => {
    fixture.provider.revokeOutcome = 'failed_transient';
    const prepared = await prepare();
    await server.connectorRevocation.commit(prepared);
    await server.outbox.drain(1000);
    await damage(prepared.id);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(60 * 60_000);
    const { job, counts } = await workUntilDone(prepared.id);
    expect([job.state, job.isSettled]).toEqual(['completed', true]);
    expect(counts.revocation).toMatchObject({ revoked: 2, unsupported: 0 });
  });

  it('D55: is continued by the sweep when it was damaged before its start', async () => {
    const { id } = await prepare();
    await damage(id);
    await fixture.clock.advance(2 * 60_000);
    await server.revocationJobs.sweep(signal);
    expect(server.scheduled).toContain(id);
  });
});
