import { expect, it } from 'vitest';
import { CircuitBreaker } from './circuit_breaker.ts';

it('a circuit opens after the given number of consecutive failures and returns the last code', () => {
  const breaker = new CircuitBreaker({ maxFailures: 3 });
  breaker.recordFailure('google', 'timeout');
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(false);
  breaker.recordFailure('google', 'rate_limited');
  expect(breaker.openedBy('google')).toBe('rate_limited');
});

it('a success sets the number of failures of a circuit to zero', () => {
  const breaker = new CircuitBreaker({ maxFailures: 2 });
  breaker.recordFailure('google', 'timeout');
  breaker.recordSuccess('google');
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(false);
});

it('a circuit opens only for the key whose calls failed', () => {
  const breaker = new CircuitBreaker();
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(true);
  expect(breaker.isOpen('github')).toBe(false);
});

it('a circuit closes when the configured time since the last failure has passed', () => {
  let now = 1000;
  const breaker = new CircuitBreaker({ openMs: 30_000, monotonic: () => now });
  breaker.recordFailure('google', 'client_rejected');
  now += 29_999;
  expect(breaker.openedBy('google')).toBe('client_rejected');
  now += 1;
  expect(breaker.isOpen('google')).toBe(false);
});

it('a circuit stays open if no duration is configured', () => {
  const breaker = new CircuitBreaker();
  breaker.recordFailure('google', 'timeout');
  expect(breaker.isOpen('google')).toBe(true);
});
