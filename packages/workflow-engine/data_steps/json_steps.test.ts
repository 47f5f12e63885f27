import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';
import { measureJson } from './json_size.ts';

const parse = (source: unknown): Promise<unknown> => runStep('data.parseJson', { source });

const stringify = (source: unknown, settings?: unknown): Promise<unknown> =>
  runStep('data.stringifyJson', { source, with: settings });

const TEN_MB = 10 * 1024 * 1024;

/** JSON of nested empty lists. */
const deepJson = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('data.parseJson', () => {
  it('parses text that a template printed, with white space around it', async () => {
    expect(await parse('\n\n  [{"a": 1}]\n')).toEqual([{ a: 1 }]);
  });

  it.each([[5], [false], [null], [[1]], [{ a: 1 }]])('returns %j unchanged', async (source) => {
    expect(await parse(source)).toEqual(source);
  });

  it('keeps __proto__ as an ordinary field', async () => {
    expect(JSON.stringify(await parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });

  it.each<[unknown, string]>([
    [undefined, 'InvalidStepInput: `source` must be JSON text, but is missing.'],
    [' \n', 'InvalidJson: `source` is empty text.'],
    ['[1,', 'InvalidJson: `source` is not JSON: Unexpected end of JSON input'],
    ['{\n"a" 1}', "InvalidJson: `source` is not JSON: Expected ':' after property name at line 2"],
    ['hello', "InvalidJson: `source` is not JSON: Unexpected token 'h'"],
  ])('fails for the input %j', async (source, message) => {
    expect(await failureOf(parse(source))).toContain(message);
  });

  it('parses 10 MB of JSON and fails for more', async () => {
    expect(await failureOf(parse(`"${'ä'.repeat(TEN_MB / 2)}"`))).toBe(
      'InvalidStepInput: `source` is larger than 10 MB.',
    );
    expect(await parse(`"${'a'.repeat(TEN_MB - 2)}"`)).toHaveLength(TEN_MB - 2);
  });

  it('fails for JSON that is nested too deeply', async () => {
    expect(await failureOf(parse(deepJson(1_001)))).toBe(
      'InvalidStepInput: `source` is nested deeper than 1000 levels.',
    );
    expect(await failureOf(parse(deepJson(1_000_000)))).toContain('nested deeper');
    expect(JSON.stringify(await parse(deepJson(1_000)))).toBe(deepJson(1_000));
    const text = ['[[\\"[['.repeat(1_000)];
    expect(await parse(JSON.stringify(text))).toEqual(text);
  });

  it('parses the text that data.stringifyJson has written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, pretty) => {
        const text = await stringify(value, { pretty });
        expect(text).toBe(JSON.stringify(value, undefined, pretty ? 2 : 0));
        expect(await parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('data.stringifyJson', () => {
  it.each<[unknown, unknown, string]>([
    ['a', undefined, '"a"'],
    [null, {}, 'null'],
    [{ a: [1] }, { pretty: false }, '{"a":[1]}'],
    [{ a: 1 }, { pretty: true }, '{\n  "a": 1\n}'],
    [new Date(0), undefined, '"1970-01-01T00:00:00.000Z"'],
  ])('converts %j with the options %j to %j', async (source, settings, text) => {
    expect(await stringify(source, settings)).toBe(text);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a missing value', {}, 'InvalidStepInput: `source` must be a value, but is missing.'],
    [
      'the option `pretty` as text',
      { source: 1, with: { pretty: 'x' } },
      '`with.pretty` must be true or false, but is text',
    ],
    [
      'too long text',
      { source: 'x'.repeat(TEN_MB) },
      'OutputTooLarge: `source` is larger than 10 MB',
    ],
    [
      'text that its escapes in JSON make too long',
      { source: '\n'.repeat(TEN_MB / 2) },
      'OutputTooLarge',
    ],
    ['deep lists', { source: JSON.parse(deepJson(1_001)) }, 'nested deeper than 1000 levels'],
  ])('fails for %s', async (_, keys, message) => {
    expect(await failureOf(runStep('data.stringifyJson', keys))).toContain(message);
  });

  it('fails for a small value whose JSON is large, without creating the JSON', async () => {
    let value: unknown = 'x'.repeat(1_000);
    for (let level = 0; level < 100; level += 1) value = [value, value];
    expect(await failureOf(stringify(value))).toContain('OutputTooLarge');
  });

  it('fails for lists whose JSON is large because of its indentation', async () => {
    let value: unknown = Array.from({ length: 20_000 }, () => 0);
    for (let level = 0; level < 900; level += 1) value = [value];
    expect(await failureOf(stringify(value, { pretty: true }))).toContain('OutputTooLarge');
  });
});

describe('measureJson', () => {
  it('returns the length of JSON without escapes; for indented JSON, at least half of the length', () => {
    const values = fc.jsonValue({ stringUnit: fc.constantFrom('a', 'ä') });
    const limit = Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(values, (value) => {
        const { characters } = measureJson(value, { characters: limit });
        expect(characters).toBe(JSON.stringify(value).length);
        const indented = measureJson(value, { characters: limit, indent: 2 }).characters;
        const { length } = JSON.stringify(value, undefined, 2);
        expect(indented).toBeGreaterThanOrEqual(length / 2);
        expect(indented).toBeLessThanOrEqual(length);
      }),
    );
  });
});
