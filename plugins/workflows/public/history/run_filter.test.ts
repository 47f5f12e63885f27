import { expect, it } from 'vitest';
import {
  fieldInstant,
  fieldText,
  isFiltered,
  readRunFilter,
  runParams,
  withoutConditions,
} from './run_filter.ts';

const read = (query: string) => readRunFilter(new URLSearchParams(query));

it('the filter of runs is written to the URL parameters of the page and read from them', () => {
  const query =
    'status=waiting&status=failed&user=ana&trigger=manual&workflow=w1&from=2030-01-01T00%3A00%3A00.000Z&to=2030-01-02T00%3A00%3A00.000Z&waiting=me&page=3&size=50';
  expect(runParams(read(query)).toString()).toBe(query);
  expect(read(query)).toMatchObject({ statuses: ['waiting', 'failed'], page: 2, pageSize: 50 });
});

it('the filter of runs replaces a page that the server would refuse', () => {
  expect(read('page=9999&size=50').page).toBe(199);
});

it('the filter of runs ignores parameters with unknown values', () => {
  const filter = read('status=gone&page=-1&size=7&from=soon&waiting=you&user=');
  expect(filter).toEqual(read(''));
  expect(runParams(filter).toString()).toBe('');
});

it.each(['status=failed', 'user=ana', 'trigger=manual', 'to=2030-01-01', 'waiting=me'])(
  'the filter of runs counts %s as a condition, which can be removed',
  (query) => {
    const filter = read(`${query}&workflow=w1&size=50&page=2`);
    expect(isFiltered(filter)).toBe(true);
    expect(withoutConditions(filter)).toEqual(read('workflow=w1&size=50'));
  },
);

it('the filter of runs with only a workflow counts as unfiltered', () => {
  expect(isFiltered(read('workflow=w1&page=2'))).toBe(false);
});

it('the filter of runs shows and reads instants in the time zone of the browser', () => {
  const instant = new Date(2030, 0, 2, 3, 4).toISOString();
  expect(fieldText(instant)).toBe('2030-01-02T03:04');
  expect(fieldInstant('2030-01-02T03:04')).toBe(instant);
  expect([fieldText(undefined), fieldInstant('')]).toEqual(['', undefined]);
});
