import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const map = (items: unknown, fields: unknown, context = {}): Promise<unknown> =>
  runStep('data.map', { items, with: { fields } }, { context });

const USERS = [
  { name: 'Ana', tags: [{ label: 'x' }, { label: 'y' }] },
  { name: 'Ben', tags: null },
];

/** Fields with `$map` inside `$map`, as many levels as given. */
const nested = (levels: number): unknown =>
  levels === 0 ? '${{ item }}' : { $map: { items: [1] }, below: nested(levels - 1) };

describe('data.map', () => {
  it('renders the fields of each member with `item`, `index` and the context', async () => {
    const fields = { id: '{{ index }}-{{ item.name }}', n: '${{ index }}', k: '${{ consts.k }}' };
    expect(await map(USERS, { ...fields, fixed: 5 }, { consts: { k: [1] } })).toEqual([
      { id: '0-Ana', n: 0, k: [1], fixed: 5 },
      { id: '1-Ben', n: 1, k: [1], fixed: 5 },
    ]);
  });

  it('returns one object if `items` is an object', async () => {
    expect(await map({ a: 1 }, { b: '${{ item.a }}', i: '${{ index }}' })).toEqual({ b: 1, i: 0 });
  });

  it('returns an empty list for an empty list', async () => {
    expect(await map([], { a: '{{ item }}' })).toEqual([]);
  });

  it('renders objects and lists inside the fields', async () => {
    expect(await map([7], { a: { b: ['${{ item }}', { c: '{{ item }}' }] } })).toEqual([
      { a: { b: [7, { c: '7' }] } },
    ]);
  });

  it('makes a list from an object with $map, and an empty list when `items` is missing', async () => {
    const tags = {
      $map: { items: '${{ item.tags }}', item: 'tag', index: 'place' },
      text: '{{ item.name }}{{ index }}: {{ place }}{{ tag.label }}',
    };
    expect(await map(USERS, { tags })).toEqual([
      { tags: [{ text: 'Ana0: 0x' }, { text: 'Ana0: 1y' }] },
      { tags: [] },
    ]);
  });

  it('hides the outer item if the inner $map names no item', async () => {
    const tags = { $map: { items: '${{ item.tags }}' }, label: '${{ item.label }}' };
    expect(await map(USERS.slice(0, 1), { tags })).toEqual([
      { tags: [{ label: 'x' }, { label: 'y' }] },
    ]);
  });

  it('reads the lists of an inner $map from the members of the outer one', async () => {
    const inner = { $map: { items: '${{ a.list }}', item: 'b' }, sum: '${{ b | plus: item.n }}' };
    const fields = { outer: { $map: { items: '${{ item.rows }}', item: 'a' }, inner } };
    expect(await map([{ n: 10, rows: [{ list: [1, 2] }, {}] }], fields)).toEqual([
      { outer: [{ inner: [{ sum: 11 }, { sum: 12 }] }, { inner: [] }] },
    ]);
  });

  it('accepts any names of fields and variables', async () => {
    const mapping = '{"$map":{"items":[1],"item":"__proto__"},"constructor":"x"}';
    const fields: unknown = JSON.parse(`{"__proto__":"{{ item }}","list":${mapping}}`);
    const mapped = JSON.stringify(await map([1], fields));
    expect(mapped).toBe('[{"__proto__":"1","list":[{"constructor":"x"}]}]');
  });

  it('returns every member unchanged for ${{ item }}', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (items) => {
        const expected = items.map((value) => ({ value }));
        expect(await map(items, { value: '${{ item }}' })).toEqual(expected);
      }),
    );
  });

  it.each([
    ['text', 'a list or an object, but is text'],
    [5, 'a list or an object, but is the number 5'],
    [null, 'a list or an object, but is null'],
  ])('fails when `items` is %j', async (items, message) => {
    expect(await failureOf(map(items, {}))).toContain(
      `InvalidStepInput: \`items\` must be ${message}`,
    );
  });

  it.each<[unknown, string]>([
    ['x', '`with.fields` must be an object, but is text'],
    [{ a: { $map: 'x' } }, '`with.fields.a.$map` must be an object with `items`, but is text'],
    [{ a: [{ $map: {} }] }, '`with.fields.a[0].$map.items` must be a list or a template'],
    [{ a: { $map: { items: [], item: 5 } } }, '`with.fields.a.$map.item` must be text'],
    [{ a: nested(11) }, 'is nested in more than 10 `$map`'],
  ])('fails for the fields %j, even if the list is empty', async (fields, message) => {
    expect(await failureOf(map([], fields))).toContain(message);
  });

  it('allows 10 levels of $map', async () => {
    expect(JSON.stringify(await map([0], { a: nested(10) }))).toContain('"below":1');
  });

  it('names the item whose fields cannot be rendered', async () => {
    expect(await failureOf(map([1, '%'], { a: '{{ item | url_decode }}' }))).toMatch(
      /^TemplateError: `with.fields` cannot be rendered for item 1: /,
    );
  });

  it('fails if nested lists together have too many members', async () => {
    const items = Array.from({ length: 400 }, (_, index) => index);
    const fields = { a: { $map: { items: '${{ all }}' } } };
    expect(await failureOf(map(items, fields, { all: items }))).toBe(
      'InvalidStepInput: `items` and the lists of `$map` have more than 100000 members together.',
    );
  });

  it('fails if the rendered fields are too large', async () => {
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    const context = { text: 'x'.repeat(100_000) };
    expect(await failureOf(map(items, { a: '{{ text }}' }, context))).toBe(
      'OutputTooLarge: The output of the step is larger than 10 MB.',
    );
  });

  describe('with a long list', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => index);
    const fields = { a: '{{ item }}', b: '{{ index }}' };

    it('lets other work of the process run between members', async () => {
      let isRunning = true;
      const mapped = map(items, fields).finally(() => {
        isRunning = false;
      });
      await new Promise(setImmediate);
      expect(isRunning).toBe(true);
      expect(await mapped).toHaveLength(100_000);
    });

    it('throws the reason of the signal when the signal is aborted', async () => {
      const signal = AbortSignal.abort(new Error('cancelled'));
      await expect(runStep('data.map', { items, with: { fields } }, { signal })).rejects.toThrow(
        'cancelled',
      );
    });
  });
});
