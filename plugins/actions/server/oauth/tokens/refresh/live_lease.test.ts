import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { OAuthError } from '@latchkey/oauth-client';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const CALL_TIMEOUT_MS = 30_000;
/** And with a call that ends at its deadline before it, shorter than anybody waits. */
const LONGER_THAN_A_LEASE_S = 12;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;

/** A token call that waits until it is told how to go on. */
interface HeldCall {
  goOn(): void;
  fail(error: OAuthError): void;
}

let fixture: TokenFixture;
let calls: HeldCall[];
beforeEach(async () => {
  fixture = await createTokenFixture();
  calls = [];
  fixture.provider.before = () =>
    new Promise((resolve, reject) => {
      calls.push({ goOn: resolve, fail: reject });
    });
});
afterEach(() => fixture.close());

const storedLease = async (process: TokenProcess) => (await process.store.read(key))?.refresh;

/** Lets time pass on the clock of everybody but the stale process. */
async function advance(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) await fixture.clock.advance(250);
}

/**
 * One process took the lease and stands still in its call, clock and heartbeat included; another one took over and is in its call, with a living lease;
 * a third one waits.
 */
async function aTakeover() {
  const clock = new ManualClock(new Date(fixture.clock.now() + HOUR_MS));
  const [stale, quick, third] = [fixture.process({ clock }), fixture.process(), fixture.process()];
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await quick.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await fixture.clock.advance(HOUR_MS);
  const ofStale = settled(stale.tokens.getToken(ana));
  await clock.advance(0);
  await until(() => calls.length === 1);
  const before = await storedLease(quick);
  const ofQuick = settled(quick.tokens.getToken(ana));
  for (let step = 0; step < 100 && calls.length < 2; step += 1) await advance(250);
  const lease = await storedLease(quick);
  expect(calls).toHaveLength(2);
  expect(lease?.owner).not.toBe(before?.owner);
  const ofThird = settled(third.tokens.getToken(ana));
  return { clock, quick, owner: lease?.owner, ofStale, ofQuick, ofThird };
}

/** What became of a call, to be looked at while it may still be under way. */
function settled(call: ReturnType<TokenProcess['tokens']['getToken']>) {
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

async function until(isTrue: () => boolean): Promise<void> {
  for (let step = 0; step < 400 && !isTrue(); step += 1) await fixture.clock.advance(0);
  expect(isTrue()).toBe(true);
}

const ends: readonly {
  readonly how: string;
  readonly end: (call: HeldCall, clock: ManualClock) => Promise<void>;
}[] = [
  {
    how: 'is answered by a 503',
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
    // As by a provider that has ended the grant, or for which the taker's call has spent the token.
    how: 'is refused',
    end: async ({ fail }) =>
      fail(new OAuthError('invalid_grant', 'reauthorize', 'Invalid.', { status: 400 })),
  },
];

/** Looks at everybody until well after the stale holder's call has ended, and then lets the new holder's call go on. */
async function leavesTheLeaseAlone(end: (typeof ends)[number]['end']): Promise<void> {
  const { clock, quick, owner, ofStale, ofQuick, ofThird } = await aTakeover();
  const [first, second] = calls;
  if (first === undefined || second === undefined) throw new Error('nobody called');
  await end(first, clock);
  // Longer than a lease lives: the third would have taken over a lease that was let go or stands still.
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

  second.goOn();
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

describe('a stale holder whose call', () => {
  it.each(ends)(
    'G87: $how while the new holder is in its own call leaves the living lease to it',
    ({ end }) => leavesTheLeaseAlone(end),
  );
});
