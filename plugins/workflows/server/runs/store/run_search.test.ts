import { expect, it } from 'vitest';
import { filterOf } from './run_search.ts';

it('limits of a date are inclusive, and stay within the years that stores can compare', () => {
  const to = new Date('9999-12-31T23:59:59.999Z');
  const from = new Date('2030-01-01T00:00:00.000Z');
  const filter = JSON.stringify(filterOf({ spaceId: 'a', finishedFrom: from, finishedTo: to }));
  expect(filter).toContain('"value":"2029-12-31T23:59:59.999Z"');
  expect(filter).toContain('"value":"9999-12-31T23:59:59.999Z"');
});
