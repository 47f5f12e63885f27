import { aPrincipal } from '@latchkey/core/server/mocks';
import { SavedObjectError, type SavedObjectErrorCode } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from '../oauth/mass_revocation/mass_revocation.mock.ts';
import { GrantEndingWrite } from './grant_ending_write.ts';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

let fixture: MassRevocationFixture;
let server: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  server = fixture.server();
  fixture.connectors.put('drive');
  await fixture.connect(server, 'drive', 'u_ana');
});
afterEach(() => fixture.close());

const anError = (code: SavedObjectErrorCode) =>
  new SavedObjectError(code, 'for the test', { type: 'action', id: 'drive' });

/** Makes an edit or a deletion whose write throws an error before it changes the connector. */
async function failWith(
  error: Error,
  reason: 'connector_changed' | 'connector_deleted' = 'connector_changed',
): Promise<void> {
  const { grants, connectorRevocation } = server;
  const connector = fixture.connectors.get('drive');
  const written = new GrantEndingWrite({ grants, revocationJobs: connectorRevocation }).run(
    { connector, reason, actor: aPrincipal() },
    () => Promise.reject(error),
  );
  await expect(written).rejects.toBe(error);
}

function makeEdit(): void {
  fixture.connectors.put('drive', 'new.example.com');
}

function makeDeletion(): void {
  fixture.connectors.remove('drive');
}

/** Processes the jobs of the store after a pause. */
async function sweepAfter(pauseMs: number): Promise<void> {
  await fixture.clock.advance(pauseMs);
  const next = fixture.server();
  await next.revocationJobs.sweep(signal);
  for (const id of next.scheduled) await next.revocationJobs.workOn(id, signal);
  await next.outbox.drain(1000);
}

const jobs = async (): Promise<readonly string[]> =>
  (await server.revocationJobs.list({ page: 1, perPage: 10 })).views.map(({ job }) => job.state);

describe('a revocation job whose edit or deletion failed', () => {
  it.each([
    ['edit', 'connector_changed', makeEdit],
    ['deletion', 'connector_deleted', makeDeletion],
  ] as const)(
    'H115: ends the grants when the store makes the %s after the error',
    async (_what, reason, makeWrite) => {
      await failWith(anError('store_unavailable'), reason);
      makeWrite();
      await sweepAfter(2 * MINUTE_MS);
      const revocations = fixture.revocations();
      expect(revocations).toHaveLength(2);
      for (const revocation of revocations)
        expect(revocation).toContain('https://idp.example.com/revoke');
      expect(fixture.provider.alive).toBe(0);
    },
  );

  it.each([
    ['the store was unavailable', anError('store_unavailable')],
    ['the error is unknown', new Error('for the test')],
  ])('stays prepared for a day when %s, and then ends no grant', async (_when, error) => {
    await failWith(error);
    expect(await jobs()).toEqual(['prepared']);
    await sweepAfter(2 * MINUTE_MS);
    expect(await jobs()).toEqual(['prepared']);
    await sweepAfter(24 * 60 * MINUTE_MS);
    expect(await jobs()).toEqual([]);
    expect(fixture.provider.alive).toBe(1);
  });

  it.each(['conflict', 'not_found', 'invalid_attributes'] as const)(
    'is removed immediately when the store refused the write with %s',
    async (code) => {
      await failWith(anError(code));
      expect(await jobs()).toEqual([]);
      expect(fixture.provider.alive).toBe(1);
    },
  );
});
