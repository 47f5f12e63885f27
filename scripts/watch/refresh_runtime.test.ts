import { describe, expect, it } from '@jest/globals';
import { isBoundary } from './refresh_runtime.ts';

describe('the exports of a module', () => {
  const Counter = () => null;

  it('are replaced without other modules only if all of them are components', () => {
    expect(isBoundary({ Counter })).toBe(true);
    expect(isBoundary({ Counter, counterKey: 'x' })).toBe(false);
    expect(isBoundary({ Counter, COUNTER_KEY: 'x' })).toBe(false);
    expect(isBoundary({ useCounter: () => 0 })).toBe(false);
    expect(isBoundary({})).toBe(false);
  });
});
