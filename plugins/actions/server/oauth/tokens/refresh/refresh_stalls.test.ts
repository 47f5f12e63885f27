import { ManualClock } from '@latchkey/core/server/mocks';
import type { ProcessLivenessProbe, ProcessState } from '@latchkey/saved-objects/coordination';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

/**
 * Creates two processes. The first process and its clock are paused between taking the lease and
 * the request, until `resume` is called.
 */
async function aStall() {
  let resume: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const clock = new ManualClock(new Date(fixture.clock.now() + HOUR_MS));
  const stalled = fixture.process({
    clock,
    checkpoint: async (reached) => {
      if (reached === 'before_call') await released;
    },
  });
  const other = fixture.process();
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await other.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await fixture.clock.advance(HOUR_MS);
  const stalledToken = stalled.tokens.getToken(ana);
  await fixture.clock.advance(0);
  return { clock, resume, other, stalledToken };
}

it('G86: a process sends no token request after a pause in which another process has taken over the lease', async () => {
  const { clock, resume, other, stalledToken } = await aStall();
  const taken = other.tokens.getToken(ana);
  for (let second = 0; second < 15; second += 1) await fixture.clock.advance(1_000);
  const token = await taken;
  expect(fixture.provider.refreshes).toBe(1);
  // As after a suspension of the process: time has passed, its timers fire first, and then it
  // continues where it was paused.
  await clock.advance(15_000);
  resume();
  await clock.advance(1_000);
  expect((await stalledToken).fingerprint).toBe(token.fingerprint);
  expect(fixture.provider.refreshes).toBe(1);
  expect(fixture.provider.reuseDetected).toBe(0);
});

it('G86: a process renews its lease after a pause, before it sends the token request', async () => {
  const { clock, resume, other, stalledToken } = await aStall();
  await clock.advance(15_000);
  resume();
  await clock.advance(1_000);
  await stalledToken;
  await other.tokens.getToken(ana);
  expect(fixture.provider.refreshes).toBe(1);
});

/** A clock that fires the timers of a token request late, as after a pause of the process. */
class LateClock extends ManualClock {
  lateMs = 0;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(ms === 30_000 ? ms + this.lateMs : ms, signal);
  }
}

it.each([15_000, 470, 10])(
  'G86: a process uses a response that it can read only %d ms after the deadline, because it was paused',
  async (lateMs) => {
    const clock = new LateClock(new Date(fixture.clock.now() + HOUR_MS));
    clock.lateMs = lateMs;
    const stalled = fixture.process({ clock });
    const client = fixture.provider.client();
    const grant = fixture.provider.authorize();
    await fixture.process().grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
    let read: () => void = () => undefined;
    fixture.provider.before = () =>
      new Promise((resolve) => {
        read = resolve;
      });
    const token = stalled.tokens.getToken(ana);
    await clock.advance(30_000 + lateMs);
    // The timer of the deadline has already fired when the socket is read.
    read();
    await clock.advance(1);
    expect((await token).authorization).toMatch(/^Bearer /);
    expect(fixture.provider.refreshes).toBe(1);
  },
);

/** Creates a probe with this identity that returns the given state for other processes. */
const probeOf = (
  processIdentity: string,
  stateOf: (identity: string) => ProcessState,
): ProcessLivenessProbe => ({
  processIdentity,
  stateOf,
});

it('G97: no refresh token is sent twice when its holder is paused and the clock of another process jumps two hours', async () => {
  let resume: () => void = () => undefined;
  let state: ProcessState = 'running';
  const clock = new ManualClock(new Date(fixture.clock.now() + HOUR_MS));
  const released = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const stopped = fixture.process({
    clock,
    livenessProbe: probeOf('here.1.1', () => 'running'),
    checkpoint: async (reached) => {
      if (reached === 'after_call') await released;
    },
  });
  const other = fixture.process({ livenessProbe: probeOf('here.2.2', () => state) });
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await other.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await fixture.clock.advance(HOUR_MS);
  const ofStopped = stopped.tokens.getToken(ana);
  await clock.advance(0);
  expect(fixture.provider.refreshes).toBe(1);
  state = 'stopped';
  fixture.clock.jumpWall(2 * HOUR_MS);
  const ofOther = other.tokens.getToken(ana);
  for (let second = 0; second < 30; second += 1) await fixture.clock.advance(1_000);
  expect(fixture.provider.refreshes).toBe(1);

  state = 'running';
  clock.jumpWall(2 * HOUR_MS);
  resume();
  await clock.advance(1_000);
  await ofStopped;
  // According to the clock that jumped, the token has expired. So the other process refreshes once
  // more, with the new refresh token.
  for (let second = 0; second < 5; second += 1) await fixture.clock.advance(1_000);
  expect((await ofOther).authorization).toMatch(/^Bearer /);
  expect(fixture.provider.reuseDetected).toBe(0);
});
