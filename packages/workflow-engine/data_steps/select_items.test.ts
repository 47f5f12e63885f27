import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const ITEMS = [
  { state: 'open', level: 3 },
  null,
  { state: 'closed', level: 5 },
  { state: 'open', level: 5 },
];

const filter = (condition: unknown, more = {}, context = {}): Promise<unknown> =>
  runStep('data.filter', { items: ITEMS, with: { condition, ...more } }, { context });

const find = (condition: unknown, more = {}): Promise<unknown> =>
  runStep('data.find', { items: ITEMS, with: { condition, ...more } });

describe('data.filter', () => {
  it.each<[unknown, readonly number[]]>([
    ['item.state : open', [0, 3]],
    ['item.state : open and item.level > 4', [3]],
    ['index >= 2', [2, 3]],
    ['not item : *', [1]],
    ['item.state : {{ inputs.state }}', [2]],
    ['${{ item.level > 4 }}', [2, 3]],
    ['${{ item.level == inputs.level }}', [0]],
    [true, [0, 1, 2, 3]],
    [false, []],
    ['false', []],
    [' ', [0, 1, 2, 3]],
  ])('with the condition %j returns the members at the indexes %j', async (condition, indexes) => {
    const context = { inputs: { state: 'closed', level: 3 } };
    expect(await filter(condition, {}, context)).toEqual(indexes.map((index) => ITEMS[index]));
  });

  it('returns at most `limit` members and then stops', async () => {
    const items = ['true', 'true', '%'];
    const condition = '{{ item | url_decode }}';
    const limited = runStep('data.filter', { items, with: { condition, limit: 2 } });
    expect(await limited).toEqual(['true', 'true']);
    const failed = await failureOf(runStep('data.filter', { items, with: { condition } }));
    expect(failed).toContain('TemplateError: `with.condition` cannot be rendered for item 2: ');
  });

  it.each([0, 1.5, '2', true])('fails if `limit` is %j', async (limit) => {
    expect(await failureOf(filter(true, { limit }))).toContain(
      'InvalidStepInput: `with.limit` must be a whole number of at least 1, but is ',
    );
  });

  it.each([
    [
      'item.state : (',
      'InvalidCondition: `with.condition` cannot be evaluated for item 0: Invalid condition: ',
    ],
    [
      '{{ item | nothing }}',
      'TemplateError: `with.condition` cannot be rendered for item 0: undefined filter',
    ],
    [5, 'InvalidStepInput: `with.condition` must be text or a boolean, but is the number 5.'],
    [undefined, 'InvalidStepInput: `with.condition` must be text or a boolean, but is missing.'],
  ])('fails if the condition is %j', async (condition, message) => {
    expect(await failureOf(filter(condition))).toContain(message);
  });

  it('selects each member either with a condition or with its negation', async () => {
    const members = fc.array(fc.record({ a: fc.integer({ min: 0, max: 3 }) }));
    await fc.assert(
      fc.asyncProperty(members, async (items) => {
        const keep = (condition: string): Promise<unknown> =>
          runStep('data.filter', { items, with: { condition } });
        expect(await keep('item.a : 1')).toEqual(items.filter(({ a }) => a === 1));
        expect(await keep('not item.a : 1')).toEqual(items.filter(({ a }) => a !== 1));
      }),
    );
  });
});

describe('data.find', () => {
  it('finds the first member for which the condition is true', async () => {
    expect(await find('item.level : 5')).toEqual({ item: ITEMS[2], index: 2 });
  });

  it('returns null if no member matches', async () => {
    expect(await find('item.level : 9')).toEqual({ item: null, index: null });
  });

  it('fails if no member matches and errorIfEmpty is set', async () => {
    expect(await failureOf(find('item.level : 9', { errorIfEmpty: true }))).toBe(
      'NoMatch: `with.condition` is true for no member of `items`.',
    );
  });

  it('fails if errorIfEmpty is text', async () => {
    expect(await failureOf(find(true, { errorIfEmpty: 'true' }))).toContain(
      '`with.errorIfEmpty` must be true or false, but is text',
    );
  });
});
