import { describe, expect, it } from 'vitest';
import { isBoundary } from './refresh_runtime.ts';

describe('a changed module', () => {
  const Counter = () => null;

  it('is replaced without other modules only if all its exports are components', () => {
    expect(isBoundary({ Counter })).toBe(true);
    expect(isBoundary({ Counter, counterKey: 'x' })).toBe(false);
    expect(isBoundary({ Counter, COUNTER_KEY: 'x' })).toBe(false);
    expect(isBoundary({ useCounter: () => 0 })).toBe(false);
    expect(isBoundary({})).toBe(false);
  });
});
