import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual_time.mock.ts';
import { untilOverdue } from './overdue.ts';

const TIMEOUT_MS = 4_000;

/** Starts the wait, and returns whether it has ended. */
function waiting(clock: Pick<ManualClock, 'monotonic' | 'sleep'>) {
  const state = { isOverdue: false };
  untilOverdue(clock, TIMEOUT_MS).then(() => {
    state.isOverdue = true;
  });
  return state;
}

describe('a response', () => {
  it('is overdue shortly after its timeout', async () => {
    const clock = new ManualClock();
    const state = waiting(clock);
    await clock.advance(TIMEOUT_MS);
    expect(state.isOverdue).toBe(false);
    await clock.advance(50);
    expect(state.isOverdue).toBe(true);
  });

  it('can be read for a second after a pause of the process', async () => {
    const clock = new ManualClock();
    let pausedMs = 0;
    const state = waiting({
      sleep: (ms, signal) => clock.sleep(ms, signal),
      monotonic: () => clock.monotonic() + pausedMs,
    });
    pausedMs = 10_000;
    await clock.advance(TIMEOUT_MS + 999);
    expect(state.isOverdue).toBe(false);
    await clock.advance(1);
    expect(state.isOverdue).toBe(true);
  });

  it('is no longer waited for when the signal aborts', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const wait = untilOverdue(clock, TIMEOUT_MS, stop.signal);
    stop.abort(new Error('responded'));
    await expect(wait).rejects.toThrow('responded');
  });
});
