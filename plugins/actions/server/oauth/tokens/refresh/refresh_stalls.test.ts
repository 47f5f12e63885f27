import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenBench, type TokenBench } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let bench: TokenBench;
beforeEach(async () => {
  bench = await createTokenBench();
});
afterEach(() => bench.close());

/** Two processes; the first stands still between lease and call, with its clock, until it is let go on. */
async function aStall() {
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const clock = new ManualClock(new Date(bench.clock.now() + HOUR_MS));
  const stalled = bench.process({
    clock,
    checkpoint: async (reached) => {
      if (reached === 'before_call') await gate;
    },
  });
  const other = bench.process();
  const client = bench.provider.client();
  const grant = bench.provider.authorize();
  await other.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  await bench.clock.advance(HOUR_MS);
  const stalledToken = stalled.tokens.getToken(ana);
  await bench.clock.advance(0);
  return { clock, goOn, other, stalledToken };
}

it('G86: sends nothing after a standstill in which somebody took over', async () => {
  const { clock, goOn, other, stalledToken } = await aStall();
  const taken = other.tokens.getToken(ana);
  for (let second = 0; second < 15; second += 1) await bench.clock.advance(1_000);
  const token = await taken;
  expect(bench.provider.refreshes).toBe(1);
  // As a process does that was stopped: time has passed, its timers fire first, then it goes on where it was.
  await clock.advance(15_000);
  goOn();
  await clock.advance(1_000);
  expect((await stalledToken).fingerprint).toBe(token.fingerprint);
  expect(bench.provider.refreshes).toBe(1);
  expect(bench.provider.reuseDetected).toBe(0);
});

it('G86: renews its lease before it sends after a standstill that nobody used', async () => {
  const { clock, goOn, other, stalledToken } = await aStall();
  await clock.advance(15_000);
  goOn();
  await clock.advance(1_000);
  await stalledToken;
  await other.tokens.getToken(ana);
  expect(bench.provider.refreshes).toBe(1);
});

/** Wakes whoever sleeps for the time of a token call 15 seconds late, as after a standstill. */
class LateClock extends ManualClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(ms === 30_000 ? 45_000 : ms, signal);
  }
}

it('G86: reads the answer that waited in its socket while it stood still past the deadline of the call', async () => {
  const clock = new LateClock(new Date(bench.clock.now() + HOUR_MS));
  const stalled = bench.process({ clock });
  const client = bench.provider.client();
  const grant = bench.provider.authorize();
  await bench.process().grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
  let read: () => void = () => undefined;
  bench.provider.before = () =>
    new Promise((resolve) => {
      read = resolve;
    });
  const token = stalled.tokens.getToken(ana);
  await clock.advance(45_000);
  // The timer of the deadline has fired; only now the socket is read.
  read();
  await clock.advance(1);
  expect((await token).authorization).toMatch(/^Bearer /);
  expect(bench.provider.refreshes).toBe(1);
});
