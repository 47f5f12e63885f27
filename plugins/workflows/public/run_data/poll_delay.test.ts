import { expect, it } from 'vitest';
import { pollDelay } from './poll_delay.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();
const clock = { now: NOW, expectedUntil: 0 };
const waiting = {
  status: 'waiting_for_input',
  createdAt: at(3600),
  stepExecutions: [],
  currentSteps: [],
  waits: [],
} as const;

it('polling stops when the run has ended', () => {
  const ended = { ...waiting, status: 'failed' } as const;
  expect(pollDelay(ended, { now: NOW, expectedUntil: NOW + 1 })).toBe(false);
});

it('polling reads a run that has just changed after one second, and a long unchanged one after 15 seconds', () => {
  expect(pollDelay({ ...waiting, createdAt: at(2) }, clock)).toBe(1000);
  expect(
    pollDelay({ ...waiting, stepExecutions: [{ startedAt: at(29), finishedAt: at(30) }] }, clock),
  ).toBe(6000);
  expect(pollDelay({ ...waiting, currentSteps: [{ startedAt: at(30) }] }, clock)).toBe(6000);
  expect(pollDelay(waiting, clock)).toBe(15_000);
});

it('polling reads a run whose steps are executed at least every three seconds', () => {
  expect(pollDelay({ ...waiting, status: 'running' }, clock)).toBe(3000);
});

it('polling reads a waiting run again when its wait ends', () => {
  expect(pollDelay({ ...waiting, waits: [{ until: at(-4) }] }, clock)).toBe(4000);
  expect(pollDelay({ ...waiting, waits: [{ until: at(5) }] }, clock)).toBe(15_000);
});

it('polling reads an unchanged run every second after an action of the user', () => {
  expect(pollDelay(waiting, { now: NOW, expectedUntil: NOW + 1 })).toBe(1000);
});
