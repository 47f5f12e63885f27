import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../../store/store_error.ts';
import { LastWrite } from './last_write.ts';

const full = new StoreError('unavailable', 'The database file cannot grow.');

/** What was remembered, and a clock to move. */
function aLastWrite() {
  let nowMs = 0;
  const last = new LastWrite(() => nowMs);
  return {
    last,
    pass: (ms: number) => {
      nowMs += ms;
    },
    fail: (error: Error) =>
      expect(last.watch(Promise.reject(error))).rejects.toThrow(error.message),
  };
}

describe('LastWrite', () => {
  it('has nothing to say before the first write', () => {
    const { last } = aLastWrite();
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('tells of a write that the store did not take, until one is taken', async () => {
    const { last, fail } = aLastWrite();
    await fail(full);
    expect(() => last.ensureWorked()).toThrow(full);
    await expect(last.watch(Promise.resolve('stored'))).resolves.toBe('stored');
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('forgets it after a while, so that a store nobody writes to is not called broken for ever', async () => {
    const { last, fail, pass } = aLastWrite();
    await fail(full);
    pass(5_000);
    expect(() => last.ensureWorked()).toThrow(full);
    pass(1);
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('takes a lost race for an answer of a store that works', async () => {
    const { last, fail } = aLastWrite();
    await fail(full);
    await fail(new StoreError('conflict', 'Somebody was faster.'));
    expect(() => last.ensureWorked()).not.toThrow();
  });
});
