import { anAuthenticatedUser, seededRandomness } from '@latchkey/core/server/mocks';
import { OAuthError } from '@latchkey/oauth-client';
import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lookupOf } from '../../../connector_data/index.ts';
import { type GrantRecord, tokenFingerprint } from '../grants/grant_record.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import { RefreshAttempt } from './refresh_attempt.ts';
import { DEFAULT_REFRESH_TIMINGS, type RefreshPoint } from './refresh_request.ts';

const HOUR_MS = 3_600_000;
const TTL_MS = DEFAULT_REFRESH_TIMINGS.leaseTtlMs;
const connector = aConnector();
const perUser = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
const ana = { user: anAuthenticatedUser(), spaceId: 'default' };
const shared = { scope: 'shared', connectorId: connector.id } as const;

let fixture: TokenFixture;
let process: TokenProcess;
beforeEach(async () => {
  fixture = await createTokenFixture();
  process = fixture.process();
});
afterEach(() => fixture.close());

/** Stores a grant whose access token has expired. */
async function anExpiredGrant(): Promise<GrantRecord> {
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await fixture.clock.advance(HOUR_MS);
  return storedGrant();
}

async function storedGrant(key: typeof perUser | typeof shared = perUser): Promise<GrantRecord> {
  const record = await process.store.read(key);
  if (record === undefined) throw new Error('the document was not found');
  return record;
}

/** Writes the lease of another process into the grant. */
async function leaseToAnother(record: GrantRecord): Promise<void> {
  const refresh = { owner: 'other::1', until: new Date(0), renewals: 0, spent: undefined };
  expect(await process.store.compareAndSet(record, { refresh })).toBeDefined();
}

/** Creates an attempt for the user's grant, and records its state at each checkpoint. */
function anAttempt(
  key: typeof perUser | typeof shared = perUser,
  at: (point: RefreshPoint) => Promise<void> = async () => undefined,
) {
  const { clock } = fixture;
  const randomness = seededRandomness('attempt');
  const reached: (readonly [RefreshPoint, string])[] = [];
  const attempt: RefreshAttempt = new RefreshAttempt(
    {
      store: process.store,
      connectors: { find: async () => lookupOf(connector) },
      leaseMonitor: new LeaseMonitor({ clock, instanceId: 'me', afterGap: 'start_over' }),
      health: process.health,
      events: { emit: (event) => process.events.push(event) },
      clock,
      randomness,
      timings: DEFAULT_REFRESH_TIMINGS,
      orphanedTokens: { revoke: async () => undefined },
      checkpoint: async (point) => {
        reached.push([point, attempt.state]);
        await at(point);
      },
    },
    { key, connector, client: fixture.provider.client(), cause: { type: 'expires' } },
    () => undefined,
  );
  return { attempt, reached };
}

describe('an attempt to refresh a grant', () => {
  it('passes through its states in order, and its outcome is the new token', async () => {
    const before = await anExpiredGrant();
    const { attempt, reached } = anAttempt();
    expect(attempt.state).toBe('deciding');
    const outcome = await attempt.run();
    expect(reached).toEqual([
      ['lease_taken', 'calling'],
      ['before_call', 'calling'],
      ['after_call', 'calling'],
      ['before_write', 'saving'],
      ['after_write', 'saving'],
    ]);
    expect(attempt.state).toBe('finished');
    const { accessToken } = await storedGrant();
    expect(accessToken).not.toBe(before.accessToken);
    expect(outcome).toMatchObject({ type: 'adopted', record: { accessToken } });
  });

  it('sends no request while another process holds the lease, and its outcome is a retry after a pause', async () => {
    await leaseToAnother(await anExpiredGrant());
    const { attempt, reached } = anAttempt();
    expect(await attempt.run()).toEqual({ type: 'retry', afterMs: expect.any(Number) });
    expect(reached).toEqual([]);
    expect(fixture.provider.refreshes).toBe(0);
  });

  it('ends with an immediate retry when another process writes before it takes the lease', async () => {
    await anExpiredGrant();
    vi.spyOn(process.store, 'read').mockImplementationOnce(async () => {
      const record = await storedGrant();
      await leaseToAnother(record);
      return record;
    });
    const { attempt } = anAttempt();
    expect(await attempt.run()).toEqual({ type: 'retry', afterMs: undefined });
    expect(fixture.provider.refreshes).toBe(0);
    expect((await storedGrant()).refresh?.owner).toBe('other::1');
  });

  it('G86: sends no request when its lease was taken over before, and its outcome is a retry', async () => {
    await anExpiredGrant();
    const { attempt } = anAttempt(perUser, async (point) => {
      if (point !== 'before_call') return;
      await leaseToAnother(await storedGrant());
      await fixture.clock.advance(TTL_MS);
    });
    expect(await attempt.run()).toEqual({ type: 'retry', afterMs: undefined });
    expect(fixture.provider.refreshes).toBe(0);
    expect((await storedGrant()).refresh?.owner).toBe('other::1');
  });

  it('fails with a temporary error and releases its lease when the provider is unavailable', async () => {
    await anExpiredGrant();
    fixture.provider.before = async () => {
      throw new OAuthError('provider_unavailable', 'transient', 'Later.', { status: 503 });
    };
    const { attempt } = anAttempt();
    expect(await attempt.run()).toMatchObject({
      type: 'failed',
      error: { code: 'provider_unavailable' },
    });
    expect(await storedGrant()).toMatchObject({ state: 'refresh_failing', refresh: undefined });
  });

  it('releases its lease when an error does not come from the provider', async () => {
    await anExpiredGrant();
    const error = new Error('a defect');
    const { attempt } = anAttempt(perUser, async (point) => {
      if (point === 'before_call') throw error;
    });
    expect(await attempt.run()).toEqual({ type: 'failed', error });
    expect((await storedGrant()).refresh).toBeUndefined();
  });

  it('keeps a site that the user has chosen after the response arrived and before the tokens are written', async () => {
    const client = fixture.provider.client();
    const sites = ['c1', 'c2'].map((id) => ({ id, label: id, facts: { cloud: id } }));
    const grant = fixture.provider.authorize({ facts: { region: 'eu' }, sites });
    const owner = { connectorId: connector.id, profileUid: 'u_ana' };
    await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
    await process.sites.choose(owner, 'c1', ana);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.response = { facts: { region: 'us' } };
    const { attempt } = anAttempt(perUser, async (point) => {
      if (point === 'before_write') await process.sites.choose(owner, 'c2', ana);
    });
    expect(await attempt.run()).toMatchObject({
      type: 'adopted',
      record: { facts: { values: { region: 'us' }, siteId: 'c2' } },
    });
    const { accessToken, facts } = await storedGrant();
    expect(accessToken).not.toBe(`Bearer ${grant.accessToken}`);
    expect(facts).toEqual({ values: { region: 'us' }, sites, siteId: 'c2' });
  });

  it('fails without a write when the grant already says that the user must authorize again', async () => {
    const { attempt, reached } = anAttempt();
    expect(await attempt.run()).toMatchObject({ type: 'failed', error: { reason: 'no_token' } });
    expect(reached).toEqual([]);
    expect(await process.store.read(perUser)).toBeUndefined();
  });
});

describe('the lease of an attempt', () => {
  it('is stored in the grant with the hash of the refresh token, and each heartbeat keeps the hash', async () => {
    const { refreshToken = '' } = await anExpiredGrant();
    const seen: GrantRecord['refresh'][] = [];
    const { attempt } = anAttempt(perUser, async (point) => {
      if (point !== 'before_call') return;
      for (let renewals = 0; renewals < 3; renewals += 1) {
        seen.push((await storedGrant()).refresh);
        await fixture.clock.advance(TTL_MS / 3);
      }
    });
    await attempt.run();
    const spent = tokenFingerprint(refreshToken);
    const owner = seen[0]?.owner;
    expect(owner).toMatch(/^me::/);
    expect(seen).toEqual(
      [0, 1, 2].map((renewals) => ({ owner, until: expect.any(Date), renewals, spent })),
    );
    expect((await storedGrant()).refresh).toBeUndefined();
  });

  it('creates the grant of a shared token without the hash of a refresh token', async () => {
    const seen: GrantRecord[] = [];
    const { attempt } = anAttempt(shared, async (point) => {
      if (point === 'lease_taken') seen.push(await storedGrant(shared));
    });
    expect(await attempt.run()).toMatchObject({ type: 'adopted' });
    expect(seen).toMatchObject([
      { accessToken: undefined, refresh: { renewals: 0, spent: undefined } },
    ]);
  });
});
