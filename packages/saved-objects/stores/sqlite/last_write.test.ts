import { describe, expect, it } from 'vitest';
import { StoreError } from '../../store/store_error.ts';
import { LastWrite } from './last_write.ts';

const full = new StoreError('unavailable', 'The database file cannot grow.');

/** A `LastWrite` with a manual clock. */
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

describe('the result of the last write', () => {
  it('reports no failure before the first write', () => {
    const { last } = aLastWrite();
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('reports a failed write until another write succeeds', async () => {
    const { last, fail } = aLastWrite();
    await fail(full);
    expect(() => last.ensureWorked()).toThrow(full);
    await expect(last.watch(Promise.resolve('stored'))).resolves.toBe('stored');
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('ignores a failure after five seconds, because the store may have recovered', async () => {
    const { last, fail, pass } = aLastWrite();
    await fail(full);
    pass(5_000);
    expect(() => last.ensureWorked()).toThrow(full);
    pass(1);
    expect(() => last.ensureWorked()).not.toThrow();
  });

  it('treats a conflict as a success of the store', async () => {
    const { last, fail } = aLastWrite();
    await fail(full);
    await fail(new StoreError('conflict', 'The document changed.'));
    expect(() => last.ensureWorked()).not.toThrow();
  });
});
