import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestHold } from './hold.ts';

const MAX_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a hold of requests', () => {
  it('reports that it holds a request from its arrival until its release', async () => {
    const hold = new RequestHold(MAX_MS);
    expect(hold.isHolding).toBe(false);
    const kept = hold.keep();
    expect(hold.isHolding).toBe(true);
    hold.release();
    await kept;
    expect(hold.isHolding).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds nothing after its release', async () => {
    const hold = new RequestHold(MAX_MS);
    hold.release();
    await hold.keep();
    expect(hold.isHolding).toBe(false);
  });

  it('releases the request after its maximum duration, and then throws when the test releases it', async () => {
    const hold = new RequestHold(MAX_MS);
    const kept = hold.keep();
    vi.advanceTimersByTime(MAX_MS - 1);
    expect(hold.isHolding).toBe(true);
    vi.advanceTimersByTime(1);
    await kept;
    expect(hold.isHolding).toBe(false);
    expect(() => hold.release()).toThrow('was released automatically after 1000 ms');
  });
});
