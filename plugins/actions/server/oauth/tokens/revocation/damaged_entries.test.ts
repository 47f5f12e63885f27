import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantId } from '../grants/grant_key.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import type { RevocationResult } from './revocation_results.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';

const connector = aConnector();
const keyOf = (profileUid: string) =>
  ({ scope: 'per-user', connectorId: connector.id, profileUid }) as const;
const { signal } = new AbortController();

let fixture: TokenFixture;
let server: TokenProcess;
let results: [jobId: string, result: RevocationResult][];
beforeEach(async () => {
  fixture = await createTokenFixture();
  results = [];
  server = fixture.process({ connector });
  server.outbox.onFinished(async ({ revocationJobId, result }) => {
    results.push([revocationJobId, result]);
  });
});
afterEach(() => fixture.close());

const queue = (profileUid: string, over: { generation?: string; revocationJobId?: string } = {}) =>
  server.outbox.put({
    key: keyOf(profileUid),
    generation: 'g-1',
    configuration: fixture.provider.client().configuration,
    tokens: [{ token: `rt-${profileUid}`, kind: 'refresh_token' }],
    accountId: undefined,
    ...over,
  });
const connect = (profileUid: string) =>
  server.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid,
    grant: fixture.provider.authorize(),
  });
const disconnect = (profileUid: string) =>
  server.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid,
    reason: 'disconnect',
    actor: undefined,
  });
const viewOf = async (profileUid: string) =>
  (await server.connections.ofUser(profileUid, [connector])).get(connector.id);
const entries = async () => {
  const found: string[] = [];
  for await (const batch of fixture.store.iterate({
    types: [OAUTH_REVOCATION_TYPE],
    batchSize: 100,
  }))
    found.push(...batch.map(({ attributes }) => String(attributes['profileUid'])));
  return found;
};
const givenUp = () =>
  server.events.filter((event) => event.type === 'revoked' && event.outcome === 'failed_permanent');

/** Changes one character of the ciphertext, as a disk error would. */
async function damage(profileUid: string): Promise<void> {
  const key = `${OAUTH_REVOCATION_TYPE}:${grantId(keyOf(profileUid))}`;
  const [row] = await fixture.store.getMany([key], OAUTH_REVOCATION_TYPE);
  if (row === undefined) throw new Error('the entry was not found');
  const text = String(row.attributes['pending']);
  const at = text.length - 5;
  const pending = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  await fixture.store.put({ ...row, attributes: { ...row.attributes, pending } });
}

describe('a damaged entry of the outbox', () => {
  it('D53: loses only its own revocation, and the failure is reported once', async () => {
    for (let user = 0; user < 130; user += 1) await queue(`u_${user}`);
    for (let user = 0; user < 110; user += 1) await damage(`u_${user}`);
    expect(await server.outbox.processDue(signal)).toBe(130);
    const revoked = fixture.provider.seen.map(({ token }) => token);
    expect(revoked.sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => `rt-u_${110 + index}`).sort(),
    );
    // The entries stay, because they report the failures.
    expect(await entries()).toHaveLength(110);
    expect(await server.connections.countFailedRevocations(connector.id)).toBe(110);
    expect(givenUp()).toHaveLength(110);
  });

  it('D53: does not prevent a disconnect', async () => {
    await queue('u_ana');
    await damage('u_ana');
    await connect('u_ana');
    expect(await disconnect('u_ana')).toBe('revoked');
    await expect(server.tokens.getToken({ connector, profileUid: 'u_ana' })).rejects.toMatchObject({
      reason: 'no_token',
    });
    expect(fixture.provider.seen.filter(({ call }) => call === 'revoke')).toHaveLength(2);
    expect(givenUp()).toHaveLength(1);
  });

  it('D53: reports a failed revocation to its user and to its revocation job', async () => {
    await connect('u_ana');
    fixture.provider.revokeOutcome = 'failed_transient';
    await server.grantRevoker.revoke({
      key: keyOf('u_ana'),
      reason: 'mass_revoke',
      actor: undefined,
      revocationJobId: 'job-1',
    });
    await damage('u_ana');
    await server.outbox.processDue(signal);
    expect(await viewOf('u_ana')).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_failed' },
    });
    expect(results).toEqual([['job-1', 'failed']]);
  });
});

describe('an entry whose attempt throws an error', () => {
  it('does not prevent attempts of other entries, and the error is thrown after all of them', async () => {
    for (let user = 0; user < 120; user += 1) await queue(`u_${user}`);
    const failing = fixture.process({
      connector,
      client: {
        revoke: async (token) => {
          fixture.provider.seen.push({ call: 'revoke', token });
          if (token === 'rt-u_0') throw new Error('this entry fails');
          return 'revoked';
        },
      },
    });
    await expect(failing.outbox.processDue(signal)).rejects.toThrow('this entry fails');
    expect(fixture.provider.seen).toHaveLength(120);
    expect(await entries()).toEqual(['u_0']);
  });
});
