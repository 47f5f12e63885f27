export { untilOverdue } from './overdue.ts';
export { systemClock, systemRandomness } from './system_time.ts';
export type { Clock, Randomness } from './types.ts';
