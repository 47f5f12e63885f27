import { StoreError } from '@latchkey/saved-objects';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/manual_time.mock.ts';
import { createStoreStatus } from './store_status.ts';

describe('the status of the store', () => {
  it('is available when the store responds', async () => {
    const status = createStoreStatus({ ping: async () => undefined }, new ManualClock());
    expect(await status()).toEqual({ level: 'available', summary: 'The store responds.' });
  });

  it('contains the message that the store has for the operator', async () => {
    const ping = async () => {
      throw new StoreError('unavailable', 'Free disk space.');
    };
    const status = createStoreStatus({ ping }, new ManualClock());
    expect(await status()).toEqual({ level: 'unavailable', summary: 'Free disk space.' });
  });

  it('is unavailable before the timeout of the status service when the store does not respond', async () => {
    const clock = new ManualClock();
    const status = createStoreStatus({ ping: () => new Promise(() => undefined) }, clock)();
    await clock.advance(4050);
    expect(await status).toEqual({
      level: 'unavailable',
      summary: expect.stringContaining('did not respond within 4 seconds'),
    });
  });

  it('is available when the response arrived while the process was paused', async () => {
    const clock = new ManualClock();
    let pausedMs = 0;
    const ping = Promise.withResolvers<void>();
    const paused = {
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
      monotonic: () => clock.monotonic() + pausedMs,
    };
    const status = createStoreStatus({ ping: () => ping.promise }, paused)();
    pausedMs = 10_000;
    await clock.advance(4050);
    ping.resolve();
    expect(await status).toMatchObject({ level: 'available' });
  });

  it('comes from one check of the store for all requests within a second', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const ping = async () => {
      looks += 1;
    };
    const status = createStoreStatus({ ping }, clock);
    await Promise.all([status(), status()]);
    expect(looks).toBe(1);
    await clock.advance(1001);
    await status();
    expect(looks).toBe(2);
  });
});
