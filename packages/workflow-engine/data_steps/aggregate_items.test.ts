import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const ITEMS = [
  { state: 'open', owner: { team: 'a' }, age: 5 },
  { state: 'closed', owner: { team: 'b' }, age: 40 },
  { state: 'open', owner: { team: 'b' }, age: 20 },
  { owner: { team: 'b' }, age: 'old' },
];

const COUNT = [{ name: 'n', operation: 'count' }];

const aggregate = (settings: unknown, items: unknown = ITEMS): Promise<unknown> =>
  runStep('data.aggregate', { items, with: settings });

describe('data.aggregate', () => {
  it('computes metrics for each group, and orders groups by their first members', async () => {
    const metrics = ['count', 'sum', 'avg', 'min', 'max'].map((operation) => ({
      name: operation,
      operation,
      field: 'age',
    }));
    expect(await aggregate({ group_by: ['state'], metrics })).toEqual([
      { state: 'open', count: 2, sum: 25, avg: 12.5, min: 5, max: 20 },
      { state: 'closed', count: 1, sum: 40, avg: 40, min: 40, max: 40 },
      { state: null, count: 1, sum: null, avg: null, min: null, max: null },
    ]);
  });

  it('groups by several paths and names the output fields after them', async () => {
    expect(await aggregate({ group_by: ['owner.team', 'state'], metrics: COUNT })).toEqual([
      { 'owner.team': 'a', state: 'open', n: 1 },
      { 'owner.team': 'b', state: 'closed', n: 1 },
      { 'owner.team': 'b', state: 'open', n: 1 },
      { 'owner.team': 'b', state: null, n: 1 },
    ]);
  });

  it('accepts the older form of its input', async () => {
    const metrics = { n: { type: 'count', field: '' }, total: { type: 'sum', field: 'age' } };
    const settings = { group_by: 'owner.team', metrics, sort_by: 'total', sort_order: 'desc' };
    expect(await aggregate({ ...settings, limit: 1 })).toEqual([
      { 'owner.team': 'b', n: 3, total: 60 },
    ]);
  });

  it('groups by ranges, which include their start and exclude their end', async () => {
    const ranges = [{ to: 20, label: 'young' }, { from: 20, to: 40 }, { from: 40 }];
    expect(await aggregate({ buckets: { field: 'age', ranges }, metrics: COUNT })).toEqual([
      { bucket: 'young', n: 1 },
      { bucket: '40+', n: 1 },
      { bucket: '20-40', n: 1 },
      { bucket: null, n: 1 },
    ]);
  });

  it.each([
    [{}, '*'],
    [{ to: 50 }, '<50'],
  ])('labels the range %j as %s', async (range, bucket) => {
    const buckets = { field: 'age', ranges: [range] };
    expect(await aggregate({ buckets }, [{ age: 5 }])).toEqual([{ bucket }]);
  });

  it('returns the distinct values if there are no metrics', async () => {
    expect(await aggregate({ group_by: 'owner.team' })).toEqual([
      { 'owner.team': 'a' },
      { 'owner.team': 'b' },
    ]);
  });

  it('computes metrics of all members together if there are no groups', async () => {
    expect(await aggregate({ metrics: COUNT })).toEqual([{ n: 4 }]);
    expect(await aggregate({ metrics: COUNT }, [])).toEqual([]);
  });

  it.each([
    ['asc', ['closed', 'open', null]],
    ['desc', ['open', 'closed', null]],
  ])('sorts %s and puts null values last', async (order, states) => {
    const rows = await aggregate({ group_by: ['state'], order_by: 'state', order });
    expect(rows).toEqual(states.map((state) => ({ state })));
  });

  it('sorts numbers before texts before booleans, in ascending order by default', async () => {
    const items = [true, 'b', 10, { x: 1 }, 9, 'a', false].map((v) => ({ v }));
    expect(await aggregate({ group_by: ['v'], order_by: 'v' }, items)).toEqual(
      [9, 10, 'a', 'b', false, true, { x: 1 }].map((v) => ({ v })),
    );
  });

  it('accepts any field names', async () => {
    const items: unknown = JSON.parse('[{"__proto__":"x","constructor":2}]');
    const metrics = [{ name: 'toString', operation: 'sum', field: 'constructor' }];
    expect(JSON.stringify(await aggregate({ group_by: ['__proto__'], metrics }, items))).toBe(
      '[{"__proto__":"x","toString":2}]',
    );
  });

  it('counts each member in exactly one group, and the group sums add up to the total sum', async () => {
    const member = fc.record({ g: fc.constantFrom('a', 'b', null), v: fc.integer() });
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1 }), async (items) => {
        const metrics = [...COUNT, { name: 's', operation: 'sum', field: 'v' }];
        const groups = await aggregate({ group_by: ['g'], metrics }, items);
        const all = [
          { name: 'n', operation: 'sum', field: 'n' },
          { ...metrics[1], field: 's' },
        ];
        const sum = items.reduce((total, { v }) => total + v, 0);
        expect(await aggregate({ metrics: all }, groups)).toEqual([{ n: items.length, s: sum }]);
      }),
    );
  });

  it('groups the longest permitted list when every member is its own group', async () => {
    const items = Array.from({ length: 100_000 }, (_, v) => ({ v }));
    const settings = { group_by: ['v'], metrics: COUNT, order_by: 'v', order: 'desc', limit: 1 };
    expect(await aggregate(settings, items)).toEqual([{ v: 99_999, n: 1 }]);
  });

  it('J168: refuses very many metrics before it compares their names', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `m${index}`);
    const metrics = Object.fromEntries(names.map((name) => [name, { type: 'count' }]));
    const startedAt = process.cpuUsage();
    expect(await failureOf(aggregate({ metrics }))).toContain('The output has 100000 fields');
    // The comparison of all names takes 5 s or more.
    expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(2);
  });

  it.each<[unknown, string]>([
    [{}, '`with` must have `group_by`, `buckets` or `metrics`'],
    [{ group_by: 5 }, '`with.group_by` must be a list of texts, or text that is not empty'],
    [{ metrics: 'x' }, '`with.metrics` must be a list of metrics, but is text'],
    [{ metrics: [5] }, '`with.metrics[0]` must be an object, but is the number 5'],
    [{ metrics: [{ name: 'a' }] }, '`with.metrics[0].operation` must be count, sum, avg, min, max'],
    [{ metrics: [{ name: 'a', operation: 'x' }] }, 'must be `count` or `sum` or'],
    [{ metrics: [{ name: 'a', operation: 'sum' }] }, '`with.metrics[0].field` must be text'],
    [{ metrics: { a: { type: 'sum' } } }, '`with.metrics.a.field` must be text, but is missing'],
    [{ group_by: ['n'], metrics: COUNT }, '`n` is the name of two fields of the output'],
    [{ metrics: COUNT, order_by: 'm' }, '`with.order_by` names no field of the output'],
    [{ metrics: COUNT, order: 'up' }, '`with.order` must be `asc` or `desc`'],
    [{ metrics: COUNT, limit: 0 }, '`with.limit` must be a whole number'],
    [{ buckets: { field: 'a', ranges: [] } }, '`with.buckets.ranges` has 0 members'],
    [{ buckets: { field: 'a', ranges: [{ from: '1' }] } }, '`with.buckets.ranges[0].from` must be'],
  ])('fails for the input %j', async (settings, message) => {
    expect(await failureOf(aggregate(settings))).toContain(message);
  });
});
