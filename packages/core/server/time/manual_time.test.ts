import { expect, it } from 'vitest';
import { ManualClock } from './manual_time.mock.ts';

const HOUR_MS = 3_600_000;

it('the clock of tests stays on whole milliseconds when a caller sleeps for fractions', async () => {
  const clock = new ManualClock(new Date('2030-01-01T00:00:00Z'));
  const stop = new AbortController();
  const jitter = async (): Promise<void> => {
    for (let n = 1; !stop.signal.aborted; n += 1) await clock.sleep((HOUR_MS / 7) * (1 + 1 / n));
  };
  void jitter();
  for (let hour = 1; hour <= 12; hour += 1) {
    await clock.advance(HOUR_MS);
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1, hour));
    expect(clock.monotonic()).toBe(hour * HOUR_MS);
  }
  stop.abort();
});

it('the clock of tests ends a sleep of less than a millisecond at the next millisecond', async () => {
  const clock = new ManualClock();
  let isAwake = false;
  void clock.sleep(0.2).then(() => {
    isAwake = true;
  });
  await clock.advance(0);
  expect(isAwake).toBe(false);
  await clock.advance(1);
  expect(isAwake).toBe(true);
});
