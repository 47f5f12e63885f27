import { expect, it } from 'vitest';
import { ServerClock } from './server_clock.ts';

const OWN = Date.parse('2030-01-01T12:00:00Z');
const MINUTE_MS = 60_000;

const after = (date: string | null): number => {
  const clock = new ServerClock(() => OWN);
  clock.observe(date);
  return clock.now() - OWN;
};

it.each([
  ['follows a server that is ahead', new Date(OWN + 20 * MINUTE_MS).toUTCString(), 20 * MINUTE_MS],
  [
    'follows a server that is behind',
    new Date(OWN - 20 * MINUTE_MS).toUTCString(),
    -20 * MINUTE_MS,
  ],
  [
    'keeps its time when the difference is the duration of a request',
    new Date(OWN - 2000).toUTCString(),
    0,
  ],
  ['keeps its time when a response has no date', null, 0],
  ['keeps its time when a date cannot be read', 'yesterday', 0],
])('the server clock %s', (_title, date, difference) => {
  expect(after(date)).toBe(difference);
});

it('the server clock drops its offset after the clock of the machine was corrected', () => {
  let own = OWN - 20 * MINUTE_MS;
  const clock = new ServerClock(() => own);
  clock.observe(new Date(OWN).toUTCString());
  own = OWN;
  clock.observe(new Date(OWN).toUTCString());
  expect(clock.now()).toBe(OWN);
});
