import { expect, it } from '@jest/globals';
import { CircuitBreaker } from './circuit_breaker.ts';

it('a circuit opens after the given number of failures in a row and names the last one', () => {
  const breaker = new CircuitBreaker({ maxFailures: 3 });
  breaker.recordFailure('google', 'timeout');
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(false);
  breaker.recordFailure('google', 'rate_limited');
  expect(breaker.openedBy('google')).toBe('rate_limited');
});

it('a circuit counts failures from zero after a success', () => {
  const breaker = new CircuitBreaker({ maxFailures: 2 });
  breaker.recordFailure('google', 'timeout');
  breaker.recordSuccess('google');
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(false);
});

it('a circuit opens for one key only', () => {
  const breaker = new CircuitBreaker();
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(true);
  expect(breaker.isOpen('github')).toBe(false);
});

it('a circuit closes when the time after the last failure is over', () => {
  let now = 1000;
  const breaker = new CircuitBreaker({ openMs: 30_000, monotonic: () => now });
  breaker.recordFailure('google', 'client_rejected');
  now += 29_999;
  expect(breaker.openedBy('google')).toBe('client_rejected');
  now += 1;
  expect(breaker.isOpen('google')).toBe(false);
});

it('a circuit stays open forever when no duration is given', () => {
  const breaker = new CircuitBreaker();
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(true);
});
