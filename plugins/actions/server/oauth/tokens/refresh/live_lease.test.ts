import { ManualClock } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { OAuthError } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const CALL_TIMEOUT_MS = 30_000;
/**
 * Seconds for which the test checks the lease. Longer than the lifetime of a lease, and shorter
 * than the remaining wait of a caller.
 */
const LONGER_THAN_A_LEASE_S = 12;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;

/** A token request that waits until the test lets it succeed or fail. */
interface PausedCall {
  resume(): void;
  fail(error: OAuthError): void;
}

let fixture: TokenFixture;
let calls: PausedCall[];
beforeEach(async () => {
  fixture = await createTokenFixture();
  calls = [];
  fixture.provider.before = () =>
    new Promise((resolve, reject) => {
      calls.push({ resume: resolve, fail: reject });
    });
});
afterEach(() => fixture.close());

const storedLease = async (process: TokenProcess) => (await process.store.read(key))?.refresh;

/** Advances the clock of all processes except that of the paused holder. */
async function advance(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) await fixture.clock.advance(250);
}

/**
 * Creates three processes. The first has taken the lease; its clock, its heartbeat and its request
 * are paused. The second has taken over the lease, keeps it alive, and waits for its own request.
 * The third waits for the second.
 */
async function aTakeover() {
  const clock = new ManualClock(new Date(fixture.clock.now() + HOUR_MS));
  const [stale, quick, third] = [fixture.process({ clock }), fixture.process(), fixture.process()];
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await quick.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await fixture.clock.advance(HOUR_MS);
  const ofStale = observe(stale.tokens.getToken(ana));
  await clock.advance(0);
  await until(() => calls.length === 1);
  const before = await storedLease(quick);
  const ofQuick = observe(quick.tokens.getToken(ana));
  for (let step = 0; step < 100 && calls.length < 2; step += 1) await advance(250);
  const lease = await storedLease(quick);
  expect(calls).toHaveLength(2);
  expect(lease?.owner).not.toBe(before?.owner);
  const ofThird = observe(third.tokens.getToken(ana));
  return { clock, quick, owner: lease?.owner, ofStale, ofQuick, ofThird };
}

/** Returns the state of a call, which can be read while the call is running. */
function observe(call: ReturnType<TokenProcess['tokens']['getToken']>) {
  const state: { outcome: 'waiting' | 'token' | 'refused'; fingerprint: string | undefined } = {
    outcome: 'waiting',
    fingerprint: undefined,
  };
  const done = call.then(
    ({ fingerprint }) => Object.assign(state, { outcome: 'token', fingerprint }),
    () => Object.assign(state, { outcome: 'refused' }),
  );
  return { state, done };
}

const until = (isTrue: () => boolean) =>
  waitUntil('the step of the refresh', isTrue, { pause: () => fixture.clock.advance(0) });

const ends: readonly {
  readonly how: string;
  readonly end: (call: PausedCall, clock: ManualClock) => Promise<void>;
}[] = [
  {
    how: 'gets a 503',
    end: async ({ fail }) =>
      fail(new OAuthError('provider_unavailable', 'transient', 'Later.', { status: 503 })),
  },
  {
    how: 'ends at its deadline',
    end: async (_call, clock) => {
      await clock.advance(CALL_TIMEOUT_MS + 1);
    },
  },
  {
    // The provider has ended the grant, or has consumed the token in the request of the new holder.
    how: 'is refused',
    end: async ({ fail }) =>
      fail(new OAuthError('invalid_grant', 'reauthorize', 'Invalid.', { status: 400 })),
  },
];

/**
 * Ends the request of the paused holder, and checks for some time that the lease of the new holder
 * stays. Then lets the request of the new holder succeed.
 */
async function expectLeaseToStay(end: (typeof ends)[number]['end']): Promise<void> {
  const { clock, quick, owner, ofStale, ofQuick, ofThird } = await aTakeover();
  const [first, second] = calls;
  if (first === undefined || second === undefined) throw new Error('no request was sent');
  await end(first, clock);
  // Longer than the lifetime of a lease. If the lease had been released or had no heartbeat, the
  // third process would take it over.
  for (let seconds = 0; seconds < LONGER_THAN_A_LEASE_S; seconds += 1) {
    await clock.advance(1_000);
    await advance(1_000);
    expect(await storedLease(quick)).toMatchObject({ owner });
  }
  expect((await quick.store.read(key))?.state).toBe('connected');
  expect(calls).toHaveLength(2);
  expect([ofStale, ofQuick, ofThird].map(({ state }) => state.outcome)).toEqual([
    'waiting',
    'waiting',
    'waiting',
  ]);

  second.resume();
  for (let step = 0; step < 4; step += 1) {
    await clock.advance(250);
    await advance(250);
  }
  await Promise.all([ofStale.done, ofQuick.done, ofThird.done]);
  const outcomes = [ofStale, ofQuick, ofThird].map(({ state }) => state);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['token', 'token', 'token']);
  expect(new Set(outcomes.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  expect(calls).toHaveLength(2);
  expect(fixture.provider.reuseDetected).toBe(0);
  expect(await quick.store.read(key)).toMatchObject({ state: 'connected', refresh: undefined });
}

describe('a paused former holder of the lease, whose request', () => {
  it.each(ends)(
    'G87: $how while the new holder waits for its own request, does not release the lease of the new holder',
    ({ end }) => expectLeaseToStay(end),
  );
});
