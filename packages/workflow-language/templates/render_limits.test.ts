import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateEngine } from './template_engine.ts';
import { TemplateError } from './template_error.ts';

const engine = new TemplateEngine();
const LIMITS = { memoryLimit: 1_000, limitMs: 10_000 };
/**
 * More reads than a rendering with these limits makes, including those that an operation repeats.
 */
const MAX_READS = 300_000;

/** Template that creates a list containing the previous list twice, as many times as given. */
const nested = (name: string, levels = 40): string =>
  `{% assign ${name} = "" | split: "," | push: "" %}` +
  `{% assign ${name} = "" | split: "," | push: ${name} | push: ${name} %}`.repeat(levels);

/** A list that counts how often it is read, and ends a rendering that reads it too often. */
function countedList(): { readonly list: unknown; readonly reads: () => number } {
  let reads = 0;
  const list = new Proxy(['x'], {
    get: (target, key) => {
      reads += 1;
      if (reads > MAX_READS) throw new Error('visited too often');
      return Reflect.get(target, key);
    },
  });
  return { list, reads: () => reads };
}

const LONG_TEXT = 'x'.repeat(200);

function renderedIfPossible(text: string, context: Readonly<Record<string, unknown>>): unknown {
  try {
    return engine.renderText(text, context, { limitMs: 10_000 });
  } catch (error) {
    return error;
  }
}

const NAME = fc.constantFrom('a', 'b', 'c');
const VALUE = fc.oneof(
  { weight: 6, arbitrary: NAME },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'leaf',
      'leaf',
      'text',
      'object',
      'rows',
      '"x"',
      '"a, b"',
      '2',
      'nil',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('(1..3)', 'a[b]', 'a.first', 'rows[0].list', 'a.size') },
);
const FILTER = fc
  .tuple(
    fc.constantFrom(...engine.filters, 'push', 'concat', 'unshift'),
    fc.array(VALUE, { maxLength: 3 }),
  )
  .map(([name, values]) =>
    name.endsWith('_exp')
      ? ` | ${name}: "i", "i == a or i contains b"`
      : ` | ${name}${values.length === 0 ? '' : `: ${values.join(', ')}`}`,
  );
const PIPE = fc
  .tuple(VALUE, fc.array(FILTER, { maxLength: 3 }))
  .map(([value, filters]) => value + filters.join(''));
const STATEMENT = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(NAME, PIPE).map(([name, pipe]) => `{% assign ${name} = ${pipe} %}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(NAME, VALUE, VALUE)
      .map(
        ([name, one, other]) =>
          `{% assign ${name} = "" | split: "," | push: ${one} | push: ${other} %}`,
      ),
  },
  PIPE.map((pipe) => `{{ ${pipe} }}`),
  fc
    .tuple(VALUE, fc.constantFrom('==', '!=', '<', '>=', 'contains', 'and', 'or'), VALUE)
    .map((words) => `{% if ${words.join(' ')} %}x{% endif %}`),
  fc
    .tuple(VALUE, VALUE)
    .map(([one, other]) => `{% case ${one} %}{% when ${other} %}x{% endcase %}`),
  fc
    .tuple(VALUE, NAME, VALUE)
    .map(
      ([list, name, value]) =>
        `{% for i in ${list} %}{% assign ${name} = ${name} | push: i | push: ${value} %}{% endfor %}`,
    ),
  fc.tuple(NAME, PIPE).map(([name, pipe]) => `{% capture ${name} %}{{ ${pipe} }}{% endcapture %}`),
  fc.tuple(VALUE, VALUE).map(([one, other]) => `{% cycle ${one}, ${other} %}{% echo ${other} %}`),
);

describe('a rendering', () => {
  it.each([
    ['output', `${nested('a')}{{ a }}`],
    ['comparison', `${nested('a')}${nested('b')}{% if a == b %}x{% endif %}`],
    ['branches', `${nested('a')}${nested('b')}{% case a %}{% when b %}x{% endcase %}`],
    ['join', `${nested('a')}{{ a | join }}`],
    ['json', `${nested('a')}{{ a | json }}`],
    ['path', `${nested('a')}{{ inputs[a] }}`],
    ['range', `${nested('a')}{{ (a..2) }}`],
    ['path of a filter', `${nested('a', 5)}{{ (1..500) | map: a }}`],
  ])('J139: refuses lists with few members but very many values inside them: %s', (_, text) => {
    expect(() => engine.renderText(text, {}, LIMITS)).toThrow(
      expect.objectContaining({ kind: 'memory' }),
    );
  });

  it('J139: visits a limited number of values, whatever the template does', () => {
    const template = fc
      .array(STATEMENT, { minLength: 1, maxLength: 8 })
      .map((statements) => statements.join('').repeat(30));
    fc.assert(
      fc.property(template, (text) => {
        const { list, reads } = countedList();
        const rows = [{ list, name: 'x' }, { list }];
        try {
          engine.renderText(text, { leaf: list, rows, object: { list }, text: 'a,b' }, LIMITS);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
          expect(String(error)).not.toContain('visited too often');
        }
        expect(reads()).toBeLessThanOrEqual(MAX_READS);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['push', '{% for r in rows %}{% assign out = out | push: r %}{% endfor %}'],
    ['unshift', '{% for r in rows %}{% assign out = out | unshift: r %}{% endfor %}'],
    ['concat', '{% for r in pages %}{% assign out = out | concat: r %}{% endfor %}'],
  ])('counts a list that grows in a loop only once, not in each iteration: %s', (_, loop) => {
    const row = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, LONG_TEXT]));
    const rows = Array.from({ length: 3_000 }, () => ({ ...row }));
    const text = `{% assign out = "" | split: "," %}${loop}{{ out | size }}`;
    const context = { rows, pages: rows.map((each) => [each]) };
    // The work is about 10 million units. Counted in each iteration, it would be more than 600
    // million, and 150 million are allowed.
    expect(engine.renderText(text, context, { limitMs: 10_000 })).toBe('3000');
  });

  it('counts the members that `join` reads, but not the values inside them', () => {
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, list: Array(40).fill(LONG_TEXT) }));
    const text =
      '{% for r in rows %}{% assign m = rows | where: "id", r.id | first %}{{ m.id }},{% endfor %}';
    const limits = { memoryLimit: 300_000, limitMs: 10_000 };
    expect(engine.renderText(text, { rows }, limits)).toBe(`${[...rows.keys()].join()},`);
  });

  it.each([
    '{{ a | push: 1 }}',
    '{% if a | push: 1 %}x{% endif %}',
    '{{ a | push: 1 | json }}',
    '{{ a | first | json }}',
    '{% assign b = a | push: 1 | join %}',
    '{% assign b = a | push: 1 %}{{ b }}',
    '{{ inputs[b] | push: a }}',
  ])(
    'J139: counts values that a filter has passed on before an operation walks through them: %s',
    (text) => {
      expect(() => engine.renderText(`${nested('a')}${nested('b')}${text}`, {}, LIMITS)).toThrow(
        expect.objectContaining({ kind: 'memory' }),
      );
    },
  );

  it('J139: counts values that are nested deeper than the stack allows', () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(engine.renderText('{% assign a = deep %}x', { deep })).toBe('x');
    const limits = { memoryLimit: 4_000, limitMs: 10_000 };
    expect(() => engine.renderText('{% assign a = deep %}x', { deep }, limits)).toThrow(
      expect.objectContaining({ kind: 'memory' }),
    );
  });

  it('has no filter that changes a value, so that a counted size stays correct', () => {
    const texts = ['b', 'a', 'b'];
    const rows = [{ name: 'x', list: [2, 1] }, { name: 'a' }];
    const context = { texts, rows, row: rows[0], word: 'a,b', count: 2, none: null };
    const before = structuredClone(context);
    const names = Object.keys(context);
    for (const filter of engine.filters) {
      for (const value of names) {
        for (const given of [
          '',
          ': rows',
          ': "name"',
          ': "name", texts',
          ': "i", "i.name"',
          ': 1, 2',
        ])
          renderedIfPossible(`{{ ${value} | ${filter}${given} }}`, context);
      }
    }
    expect(context).toEqual(before);
  });

  it.each([
    ['expressions', `\${{ (1..900) | where_exp: "i", "${'1 == 2 or '.repeat(200)}false" }}`],
    ['paths', `\${{ rows | map: "${'a.'.repeat(400)}a" }}`],
    ['fields of dates', `{{ "now" | date: "${'%c'.repeat(400)}" }}`],
    ['picked paths', `\${{ rows | pick: ${Array.from({ length: 50 }, (_, n) => `"a${n}"`)} }}`],
  ])('J139: refuses a filter that repeats too much work: %s', (_, text) => {
    const rows = Array.from({ length: 300 }, () => ({ a: 1 }));
    expect(() => engine.renderText(text, { rows }, LIMITS)).toThrow(
      expect.objectContaining({ kind: 'memory' }),
    );
  });

  it.each([
    '{{ (9007199254740992..9007199254740996) | size }}',
    '{% for i in (n..n) %}{% endfor %}',
    '${{ rows | where_exp: "i", "(\'-9007199254740996\'..-9007199254740992) == i" }}',
  ])('J125: refuses a range that would never end: %s', (text) => {
    expect(() => engine.render(text, { n: 2 ** 53, rows: [1] })).toThrow(
      'A bound of a range is too large.',
    );
  });

  it('finds variables in the bounds of a range', () => {
    expect(engine.references('{{ (a.b..inputs.n) }}').map(({ segments }) => segments)).toEqual([
      ['a', 'b'],
      ['inputs', 'n'],
    ]);
  });

  it('returns a large value that no filter reads', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index);
    expect(engine.renderText('${{ inputs.list }}', { inputs: { list } }, LIMITS)).toBe(list);
  });
});

describe('filters for texts', () => {
  it.each(['split', 'remove', 'remove_first', 'remove_last'])(
    'J127: search in linear time: %s',
    (name) => {
      const half = 'a'.repeat(50_000);
      const context = { text: 'a'.repeat(2_000_000), piece: `${half}b${half}` };
      expect(String(engine.render(`\${{ text | ${name}: piece }}`, context))).toBe(context.text);
    },
  );

  it.each(['replace', 'replace_first', 'replace_last'])(
    'J127: search in linear time: %s',
    (name) => {
      const half = 'a'.repeat(50_000);
      const context = { text: 'a'.repeat(2_000_000), piece: `${half}b${half}` };
      expect(engine.render(`{{ text | ${name}: piece, "$&" }}`, context)).toBe(context.text);
    },
  );

  it('J127: search in linear time: contains', () => {
    const half = 'a'.repeat(50_000);
    const context = { text: 'a'.repeat(2_000_000), piece: `${half}b${half}` };
    expect(engine.render('${{ text contains piece }}', context)).toBe(false);
  });

  it('return the same results as those of Liquid', () => {
    const context = { s: 'a-b-a-', list: [1, 'x'] };
    const results: readonly (readonly [string, unknown])[] = [
      ['s | split: "-"', ['a', 'b', 'a']],
      ['s | split: ""', ['a', '-', 'b', '-', 'a', '-']],
      ['s | replace: "a", "$&"', '$&-b-$&-'],
      ['s | replace_first: "a", "$&"', '$&-b-a-'],
      ['s | replace_last: "a", "c"', 'a-b-c-'],
      ['s | replace_first: "z", "c"', 'a-b-a-'],
      ['s | replace: "-", 1', 'a1b1a1'],
      ['s | remove: "a"', '-b--'],
      ['s | remove_first: "a"', '-b-a-'],
      ['s | remove_last: "a"', 'a-b--'],
      ['s | remove_last: "z"', 'a-b-a-'],
      ['list | replace: "x", "y"', '1y'],
      ['s contains "b-"', true],
      ['s contains 1', false],
      ['list contains "x"', true],
    ];
    for (const [text, expected] of results)
      expect(engine.render(`\${{ ${text} }}`, context)).toEqual(expected);
  });
});
