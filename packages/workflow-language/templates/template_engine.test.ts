import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import {
  DEFAULT_TEMPLATE_LIMITS,
  sharedTemplateEngine,
  TemplateEngine,
} from './template_engine.ts';
import { TemplateError } from './template_error.ts';

const engine = new TemplateEngine();

const CONTEXT = {
  inputs: {
    list: [1, 2, 3],
    object: { a: 1, b: { c: [2] } },
    text: 'x',
    flag: false,
    json: '{"a":[1]}',
  },
  steps: { 'two words': { output: 7 } },
  now: new Date('2026-11-29T23:30:00Z'),
};

describe('render', () => {
  it.each<[string, unknown]>([
    ['no template', 'no template'],
    ['{{ inputs.text }}!', 'x!'],
    ['{{ inputs.list }}', '123'],
    ['{{ inputs.object }}', '[object Object]'],
    ['{{ inputs.object | json }}', '{"a":1,"b":{"c":[2]}}'],
    ['{{ inputs.missing }}', ''],
    ['${{ inputs.list }}', [1, 2, 3]],
    ['${{ inputs.object.b }}', { c: [2] }],
    ['  ${{ inputs.flag }}\n', false],
    ['${{ inputs.missing }}', undefined],
    ['${{ nil }}', null],
    ['${{ inputs.list.size > 2 }}', true],
    ['${{ inputs.list | size }}', 3],
    ['${{ steps["two words"].output | plus: 1 }}', 8],
    ['${{ inputs.text | append: "}}" }}', 'x}}'],
    ['costs ${{ inputs.text }}', 'costs $x'],
    ['${{ inputs.json | json_parse }}', { a: [1] }],
    ['${{ inputs.text | json_parse }}', 'x'],
    [
      '${{ inputs.object | entries }}',
      [
        { key: 'a', value: 1 },
        { key: 'b', value: { c: [2] } },
      ],
    ],
    ['${{ inputs.object | pick: "b.c", "a", "z" }}', { a: 1, b: { c: [2] } }],
    ['${{ "a,b,c" | split: "," | chunk: 2 }}', [['a', 'b'], ['c']]],
    ['${{ inputs.missing | chunk: 100 }}', []],
    ['{% assign y = inputs.text | upcase %}{{ y }}', 'X'],
    ['{% raw %}{{ inputs.text }}{% endraw %}', '{{ inputs.text }}'],
    ['{{ now | date: "%H:%M" }}', '23:30'],
    ['{{ inputs.constructor.name }}{{ inputs.list.constructor }}', ''],
  ])('renders %j as %j', (text, expected) => {
    expect(engine.render(text, CONTEXT)).toEqual(expected);
  });

  it('renders texts at any depth, and keeps keys and other values unchanged', () => {
    expect(
      engine.render(
        { '{{ k }}': ['${{ inputs.flag }}', { a: '{{ inputs.text }}' }, 5, null] },
        CONTEXT,
      ),
    ).toEqual({ '{{ k }}': [false, { a: 'x' }, 5, null] });
  });

  it('treats the key __proto__ as an ordinary key', () => {
    const rendered = engine.render(JSON.parse('{"__proto__":{"a":"{{ inputs.text }}"}}'), CONTEXT);
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"a":"x"}}');
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
  });

  it('formats dates in the time zone of the workflow', () => {
    const berlin = new TemplateEngine({ timezone: 'Europe/Berlin' });
    expect(berlin.render('{{ now | date: "%Y-%m-%d %H:%M" }}', CONTEXT)).toBe('2026-11-30 00:30');
  });

  it('uses one engine for all callers with the same limits and time zone, but not for others', () => {
    const limits = { ...DEFAULT_TEMPLATE_LIMITS, renderLimit: 900 };
    const shared = sharedTemplateEngine({ limits, timezone: 'Europe/Berlin' });
    expect(sharedTemplateEngine({ limits: { ...limits }, timezone: 'Europe/Berlin' })).toBe(shared);
    expect(sharedTemplateEngine({ limits, timezone: 'UTC' })).not.toBe(shared);
    expect(sharedTemplateEngine({ timezone: 'Europe/Berlin' })).not.toBe(shared);
  });

  it('leaves every text without delimiters unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{{') && !text.includes('{%'));
        expect(engine.render(text, CONTEXT)).toBe(text);
      }),
    );
  });

  it('either renders a text or throws a TemplateError, whatever the text is', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '$',
      ' a ',
      '|',
      '"',
      'if',
      'for',
      '.',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          engine.render(pieces.join(''), CONTEXT);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('evaluate', () => {
  it.each<[string, unknown]>([
    ['{{ inputs.list }}', [1, 2, 3]],
    ['${{ inputs.list }}', [1, 2, 3]],
    ['{{ inputs.text }}{{ inputs.text }}', 'xx'],
    ['plain', 'plain'],
  ])('evaluates %j as %j', (text, expected) => {
    expect(engine.evaluate(text, CONTEXT)).toEqual(expected);
  });
});

describe('the template engine, for faulty or costly templates,', () => {
  it.each([
    ['a {{ inputs.text', 2, 'not closed'],
    ['{{ inputs.text | nothing }}', 17, 'undefined filter: nothing'],
    ['{% if a %}', 0, 'not closed'],
    ['x {% include "a" %}', 2, 'no other templates'],
    ['{% tablerow a in b %}{% endtablerow %}', 0, 'not found'],
    ['${{ inputs.a }} x {{ inputs.b }}', 3, 'Only one expression'],
    ['${{ }}', 3, 'empty'],
    ['${{ a | nothing }}', 8, 'undefined filter'],
  ])('refuses %j', (text, offset, message) => {
    const expected = { kind: 'syntax', offset, message: expect.stringContaining(message) };
    expect(() => engine.check(text)).toThrow(expect.objectContaining(expected));
  });

  it('throws an error whose message contains no position and no text of the template', () => {
    expect(() => engine.check('{{ secret | nothing }}')).toThrow(/^undefined filter: nothing$/);
  });

  it('refuses a template that is nested too deeply', () => {
    expect(() => engine.check('{% if a %}'.repeat(10_000))).toThrow('nested too deeply');
  });

  it('stops a template that takes too long', () => {
    const short = new TemplateEngine({
      limits: { parseLimit: 1_000, renderLimit: 20, memoryLimit: 1e9 },
    });
    const text = '{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}';
    expect(() => short.render(text, {})).toThrow(expect.objectContaining({ kind: 'time' }));
  });

  it('stops a template that allocates too much memory', () => {
    const small = new TemplateEngine({
      limits: { parseLimit: 1_000, renderLimit: 1_000, memoryLimit: 1_000 },
    });
    expect(() => small.render('{% for a in (1..100000) %}x{% endfor %}', {})).toThrow(
      TemplateError,
    );
  });

  it.each([
    '${{ (1..7000000) | sort_natural | size }}',
    '${{ (1..2600) | where_exp: "i", "(1..2600) | has: \'x\', 1" | size }}',
  ])('refuses a template whose filter exceeds the limits: %s', (text) => {
    expect(() => engine.render(text, CONTEXT)).toThrow(TemplateError);
  });

  it.each(['${{ "%" | url_decode }}', '${{ o | upcase }}', '${{ "x" | date: "%Y", "No/X" }}'])(
    'throws only a TemplateError when a filter fails: %s',
    (text) => {
      try {
        engine.render(text, { o: { toString: 1 } });
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError);
      }
    },
  );

  it('refuses an expression that is not closed', () => {
    for (const text of ["${{ a 'x }}", "${{ 'x }}"]) {
      expect(() => engine.check(text)).toThrow(TemplateError);
      expect(() => engine.references(text)).toThrow(TemplateError);
    }
  });

  it('never changes the context', () => {
    const context = { steps: { a: 1 }, inputs: {} };
    engine.render('{% increment steps %}{% decrement inputs %}', context);
    expect(context).toEqual({ steps: { a: 1 }, inputs: {} });
  });

  it.each([
    ['${{ "a" | split: "," | chunk: 0 }}', 'needs a whole number of at least 1'],
    ['${{ "a" | split: "," | chunk }}', 'needs a whole number of at least 1'],
    ['${{ 5 | chunk: 2 }}', 'needs a list'],
  ])('fails to render %s, with the message that it %s', (text, message) => {
    expect(() => engine.render(text, CONTEXT)).toThrow(message);
  });

  it('can render `pick` with thousands of paths', () => {
    const paths = Array.from({ length: 4_000 }, (_, index) => `"a${index}"`).join(', ');
    expect(engine.render(`\${{ inputs | pick: ${paths} }}`, CONTEXT)).toEqual({});
  });

  it('refuses a template with more characters than allowed', () => {
    const small = new TemplateEngine({
      limits: { parseLimit: 10, renderLimit: 1_000, memoryLimit: 1_000 },
    });
    expect(() => small.check('{{ inputs.text }}')).toThrow('longer than 10 characters');
  });

  it('refuses a rendered text with more characters than allowed', () => {
    expect(() => engine.render('{{ inputs.json }}', CONTEXT, 3)).toThrow(
      expect.objectContaining({ kind: 'size' }),
    );
  });
});

describe('the search for references', () => {
  it('returns the variables with their offsets', () => {
    expect(engine.references('a {{ steps.x.output[0].b }}\n${{ consts[inputs.k] }}')).toEqual([
      { segments: ['steps', 'x', 'output', 0, 'b'], offset: 5 },
      { segments: ['consts', undefined], offset: 32 },
      { segments: ['inputs', 'k'], offset: 39 },
    ]);
  });

  it('leaves out variables that the template assigns', () => {
    const text =
      '{% assign y = inputs.a %}{% for z in y %}{{ z.b }}{{ forloop.index }}{% endfor %}';
    expect(engine.references(text).map(({ segments }) => segments)).toEqual([['inputs', 'a']]);
  });

  it('finds the variables of an expression that keeps the type of its value', () => {
    expect(engine.references('  ${{ inputs.a }}')).toEqual([
      { segments: ['inputs', 'a'], offset: 6 },
    ]);
  });
});

describe('renderText', () => {
  it('fails with the kind `time` when it takes longer than the given limit', () => {
    const text = '{% for a in (1..3000) %}{% for b in (1..3000) %}{% endfor %}{% endfor %}';
    expect(() => new TemplateEngine().renderText(text, {}, { limitMs: 1 })).toThrow(
      expect.objectContaining({ kind: 'time', message: 'The template takes too long.' }),
    );
  });
});

describe('renderText with a limit of memory', () => {
  it.each(['{{ (1..1000) | sort }}', '${{ inputs.list | sort }}'])('fails for %s', (text) => {
    const context = { inputs: { list: Array.from({ length: 1_000 }, () => 1) } };
    expect(() => new TemplateEngine().renderText(text, context, { memoryLimit: 500 })).toThrow(
      expect.objectContaining({
        kind: 'memory',
        message: 'The template needs more memory than `settings.liquid.memoryLimit` allows.',
      }),
    );
  });
});

describe('contextOf', () => {
  const engine = new TemplateEngine();
  const context = { inputs: { a: 1 }, consts: {}, steps: { one: { output: 1 }, two: {} } };

  it('returns only the variables and steps that a text reads', () => {
    expect(engine.contextOf('{{ inputs.a }}{{ steps.one.output }}', context)).toEqual({
      inputs: { a: 1 },
      steps: { one: { output: 1 } },
    });
    expect(engine.contextOf('no template', context)).toEqual({ steps: {} });
    const now = new Date(0);
    expect(engine.contextOf('no template', { ...context, now })).toEqual({ steps: {}, now });
  });

  it('returns all steps when a value decides which step is read', () => {
    const text = '{{ steps[inputs.a].output }}{{ steps.one.output }}';
    expect(engine.contextOf(text, context)).toEqual({ inputs: { a: 1 }, steps: context.steps });
  });
});

describe('filters that depend on time or chance', () => {
  const at = (now: string, text: string): unknown =>
    engine.render(text, { now: new Date(now), list: [1, 2, 3, 4, 5, 6, 7, 8] });
  const NEW_YEAR = '2026-01-01T10:20:30Z';

  it.each([
    [`{{ 'now' | date: '%Y-%m-%d %H:%M:%S' }}`, '2026-01-01 10:20:30'],
    [`{{ 'today' | date: '%Y' }}`, '2026'],
    [`{{ 'now' | date_to_xmlschema }}`, '2026-01-01T10:20:30+00:00'],
    [`{{ 'now' | date_to_string }}`, '01 Jan 2026'],
    [`{{ 'now' | date_to_long_string }}`, '01 January 2026'],
    [`{{ 'now' | date_to_rfc822 }}`, 'Thu, 01 Jan 2026 10:20:30 +0000'],
    [`{% assign now = '2001-01-01' %}{{ 'now' | date: '%Y' }}`, '2026'],
    [`{{ '2001-01-01' | date: '%Y' }}`, '2001'],
  ])('%s reads the time of the run', (text, expected) => {
    expect(at(NEW_YEAR, text)).toBe(expected);
  });

  it('read the clock of the machine without a time of a run', () => {
    expect(engine.render(`{{ 'now' | date: '%Y' }}`, {})).toBe(String(new Date().getUTCFullYear()));
  });

  it('choose the same members in a replay, and others at another time', () => {
    const text = '${{ list | sample: 3 }}';
    const chosen = at(NEW_YEAR, text);
    expect(at(NEW_YEAR, text)).toEqual(chosen);
    expect(new Set(chosen as number[]).size).toBe(3);
    const times = Array.from({ length: 20 }, (_, day) =>
      JSON.stringify(at(`2026-02-${String(day + 1).padStart(2, '0')}T00:00:00Z`, text)),
    );
    expect(new Set(times).size).toBeGreaterThan(10);
    const [one, two] = [at(NEW_YEAR, '${{ list | sample }}'), at(NEW_YEAR, '{{ list | sample }}')];
    expect(String(one)).toBe(two);
    expect(at(NEW_YEAR, '${{ list | sample: 99 }}')).toHaveLength(8);
    expect(at(NEW_YEAR, '${{ nothing | sample: 2 }}')).toEqual([]);
  });
});

describe('parsed templates', () => {
  let parse: MockInstance<Liquid['parse']>;
  beforeEach(() => {
    parse = vi.spyOn(Liquid.prototype, 'parse');
  });
  afterEach(() => parse.mockRestore());

  /** Templates that take about 0.8 MB each when they are parsed. */
  const large = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${index}${'{{ a }}'.repeat(400)}`);
  const parsesOf = (engine: TemplateEngine, texts: readonly string[]): number => {
    const before = parse.mock.calls.length;
    for (const text of texts) engine.check(text);
    return parse.mock.calls.length - before;
  };
  const shared = (renderLimit: number): TemplateEngine =>
    sharedTemplateEngine({ limits: { ...DEFAULT_TEMPLATE_LIMITS, renderLimit } });

  it('are reused for the same text', () => {
    expect(parsesOf(new TemplateEngine(), ['{{ a }}', '{{ b }}', '{{ a }}'])).toBe(2);
  });

  it('are kept until the total size of their parts is too large', () => {
    const engine = new TemplateEngine();
    expect(parsesOf(engine, large(20))).toBe(20);
    expect(parsesOf(engine, large(20))).toBe(0);
    expect(parsesOf(engine, large(30))).toBe(10);
    expect(parsesOf(engine, large(1))).toBe(1);
  });

  it('are not kept if one is too large', () => {
    const text = '{{ a }}'.repeat(600);
    expect(parsesOf(new TemplateEngine(), [text, text])).toBe(2);
  });

  it('are dropped from the engine used longest ago when another shared engine needs the space', () => {
    const earlier = shared(801);
    const later = shared(802);
    expect(parsesOf(earlier, large(15))).toBe(15);
    expect(parsesOf(later, large(15))).toBe(15);
    expect(parsesOf(later, large(15))).toBe(0);
    expect(parsesOf(earlier, large(1))).toBe(1);
  });
});
