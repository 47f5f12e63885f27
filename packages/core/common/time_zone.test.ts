import { expect, it } from 'vitest';
import { isTimeZone } from './time_zone.ts';

it.each(['UTC', 'Europe/Berlin', 'Etc/GMT+2'])('%s is a time zone', (name) => {
  expect(isTimeZone(name)).toBe(true);
});

it.each(['', 'Mars', '+02:00', '-0500'])('%j is not a time zone', (name) => {
  expect(isTimeZone(name)).toBe(false);
});
