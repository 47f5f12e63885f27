export { BoundedPool } from './bounded_pool.ts';
export { CircuitBreaker } from './circuit_breaker.ts';
