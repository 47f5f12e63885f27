import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestHold } from './hold.ts';

const MAX_MS = 1_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a hold', () => {
  it('says when it keeps something back, and when no more', async () => {
    const hold = new RequestHold(MAX_MS);
    expect(hold.isHolding).toBe(false);
    const kept = hold.keep();
    expect(hold.isHolding).toBe(true);
    hold.release();
    await kept;
    expect(hold.isHolding).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps nothing back once it was released', async () => {
    const hold = new RequestHold(MAX_MS);
    hold.release();
    await hold.keep();
    expect(hold.isHolding).toBe(false);
  });

  it('ends by itself when nobody releases it, and tells whoever does so too late', async () => {
    const hold = new RequestHold(MAX_MS);
    const kept = hold.keep();
    jest.advanceTimersByTime(MAX_MS - 1);
    expect(hold.isHolding).toBe(true);
    jest.advanceTimersByTime(1);
    await kept;
    expect(hold.isHolding).toBe(false);
    expect(() => hold.release()).toThrow('went on by itself after it was held for 1000 ms');
  });
});
