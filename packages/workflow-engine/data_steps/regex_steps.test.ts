import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const extract = (source: unknown, settings: unknown, more = {}): Promise<unknown> =>
  runStep('data.regexExtract', { source, with: settings, ...more });

const replace = (source: unknown, settings: unknown, more = {}): Promise<unknown> =>
  runStep('data.regexReplace', { source, with: settings, ...more });

const ID = { pattern: 'id=(?<id>\\d+)(x)?', fields: { id: 'id', number: '$1', all: '$0' } };

describe('data.regexExtract', () => {
  it('extracts groups by name and by number from the first match', async () => {
    expect(await extract('id=5 id=6', ID)).toEqual({ id: '5', number: '5', all: 'id=5' });
  });

  it('returns null for groups that do not exist or did not match', async () => {
    const fields = { a: '$2', b: '$9', c: 'name', d: '$id', e: 'constructor', f: '__proto__' };
    expect(await extract('id=5', { ...ID, fields })).toEqual({
      a: null,
      b: null,
      c: null,
      d: null,
      e: null,
      f: null,
    });
  });

  it('returns null for text without a match', async () => {
    expect(await extract('none', ID)).toBeNull();
  });

  it('returns a list for a list, with null for members that do not match or are not text', async () => {
    const fields = { id: '$1' };
    expect(await extract(['id=1', 'none', 5, null, 'id=2'], { ...ID, fields })).toEqual([
      { id: '1' },
      null,
      null,
      null,
      { id: '2' },
    ]);
    expect(await extract([], ID)).toEqual([]);
  });

  it('searches each text from its start, even with the flags g and y', async () => {
    const settings = { pattern: 'A(.)', flags: 'gi', fields: { x: '$1' } };
    expect(await extract(['a1', 'a2'], settings)).toEqual([{ x: '1' }, { x: '2' }]);
  });

  it('treats __proto__ as an ordinary field', async () => {
    const fields: unknown = JSON.parse('{"__proto__":"$1"}');
    expect(JSON.stringify(await extract('id=1', { ...ID, fields }))).toBe('{"__proto__":"1"}');
  });

  it.each<[unknown, string]>([
    ['none', '`source`'],
    [['id=1', 'none'], '`source[1]`'],
    [['id=1', 5], '`source[1]`'],
  ])('fails for %j when `errorIfNoMatch` is set', async (source, place) => {
    expect(await failureOf(extract(source, ID, { errorIfNoMatch: true }))).toBe(
      `NoMatch: \`with.pattern\` does not match ${place}.`,
    );
  });

  it.each<[unknown, unknown, string]>([
    [5, ID, 'InvalidStepInput: `source` must be text or a list of texts, but is the number 5.'],
    [null, ID, '`source` must be text or a list of texts, but is null'],
    ['x', { ...ID, pattern: '' }, '`with.pattern` must be text of 1 to 10000 characters'],
    ['x', { ...ID, pattern: 'x'.repeat(10_001) }, '`with.pattern` must be text of 1 to 10000'],
    ['x', { ...ID, flags: 5 }, '`with.flags` must be text, but is the number 5'],
    ['x', { ...ID, fields: { a: 1 } }, '`with.fields` must be an object of texts'],
    ['x', { ...ID, fields: 'a' }, '`with.fields` must be an object, but is text'],
    ['x', { ...ID, pattern: '[a(' }, 'InvalidPattern: `with.pattern` is not a regular expression'],
    ['x', { ...ID, flags: 'gg' }, 'InvalidPattern'],
  ])('fails for the source %j with the options %j', async (source, settings, message) => {
    expect(await failureOf(extract(source, settings))).toContain(message);
  });

  it('accepts texts of 100,000 characters and fails for longer ones', async () => {
    const settings = { pattern: '^x', fields: { x: '$0' } };
    expect(await extract('x'.repeat(100_000), settings)).toEqual({ x: 'x' });
    expect(await failureOf(extract(['x', 'x'.repeat(100_001)], settings))).toBe(
      'InvalidStepInput: A text of `source` has 100001 characters; at most 100000 are allowed.',
    );
  });
});

describe('data.regexReplace', () => {
  it.each([
    [{ pattern: 'foo', replacement: 'bar' }, 'bar foo'],
    [{ pattern: 'foo', replacement: 'bar', flags: 'g' }, 'bar bar'],
    [{ pattern: 'FOO', replacement: 'bar', flags: 'i' }, 'bar foo'],
    [{ pattern: '(o+) (f)', replacement: '$2-$1' }, 'ff-oooo'],
    [{ pattern: '(?<first>fo)', replacement: '[$<first>]', flags: 'g' }, '[fo]o [fo]o'],
    [{ pattern: 'none', replacement: 'bar', flags: 'g' }, 'foo foo'],
  ])('converts "foo foo" with the options %j to %j', async (settings, expected) => {
    expect(await replace('foo foo', settings)).toBe(expected);
  });

  it('returns a list for a list, and leaves members that are not text unchanged', async () => {
    const settings = { pattern: 'a', replacement: 'b' };
    expect(await replace(['aa', 5, null, 'x'], settings)).toEqual(['ba', 5, null, 'x']);
  });

  it.each<[unknown, unknown, number]>([
    ['a-a', 'b-b', 2],
    ['x', 'x', 0],
    [['a', 'aa', 5], ['b', 'bb', 5], 3],
  ])(
    'for %j returns %j and the number of matches %i when `detailed` is set',
    async (original, replaced, matchCount) => {
      const settings = { pattern: 'a', replacement: 'b', flags: 'g' };
      expect(await replace(original, settings, { detailed: true })).toEqual({
        original,
        replaced,
        matchCount,
      });
    },
  );

  it('returns the results for a long list in the order of the list', async () => {
    const source = Array.from({ length: 25_001 }, (_, index) =>
      index % 3 > 0 ? `${index}` : index,
    );
    const replaced = source.map((member) => (typeof member === 'string' ? `${member}!` : member));
    const settings = { pattern: '$', replacement: '!' };
    expect(await replace(source, settings, { detailed: true })).toEqual({
      original: source,
      replaced,
      matchCount: 16_667,
    });
    const long = Array.from({ length: 60 }, (_, index) => `${index}${'x'.repeat(90_000)}`);
    const fields = { number: '$0' };
    expect(await extract(long, { pattern: '^\\d+', fields })).toEqual(
      long.map((_, index) => ({ number: `${index}` })),
    );
  });

  it.each([
    ['data.regexReplace', { replacement: 'y'.repeat(1_000) }],
    ['data.regexExtract', { fields: { a: '$0', b: '$0', c: '$0', d: '$0', e: '$0' } }],
  ])('fails %s if its output would be too large', async (type, settings) => {
    const source = Array.from({ length: 30 }, () => 'x'.repeat(100_000));
    const keys = { source, with: { pattern: type.endsWith('e') ? '.{200}' : '.*', flags: 'g' } };
    const step = runStep(type, { ...keys, with: { ...keys.with, ...settings } });
    expect(await failureOf(step)).toBe(
      'OutputTooLarge: The output of the step is larger than 10 MB.',
    );
  });

  it('throws the reason of the signal when the signal is aborted', async () => {
    const keys = { source: 'x', with: { pattern: 'x', replacement: 'y' } };
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(runStep('data.regexReplace', keys, { signal })).rejects.toThrow('cancelled');
  });

  it('fails if `replacement` is missing', async () => {
    expect(await failureOf(replace('x', { pattern: 'x' }))).toBe(
      'InvalidStepInput: `with.replacement` must be text, but is missing.',
    );
  });
});
