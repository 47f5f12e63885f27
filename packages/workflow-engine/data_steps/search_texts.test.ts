import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchTexts } from './search_texts.ts';

const LONG = 'x'.repeat(100_000);

describe('searchTexts', () => {
  it('returns the groups of the first match of each text', () => {
    const request = { pattern: '(?<n>\\d)(z)?', flags: 'g', texts: ['a1', 'none', 'b2'] };
    expect(searchTexts(request)).toEqual({
      kind: 'result',
      result: [
        { groups: ['1', '1', undefined], named: { n: '1' } },
        {},
        { groups: ['2', '2', undefined], named: { n: '2' } },
      ],
    });
  });

  it('replaces in the same way as String.prototype.replace, and counts the matches', () => {
    const replacement = fc.stringMatching(/^([ab]|\$[$&`'129]|\$<n>|\$)*$/);
    const text = fc.stringMatching(/^[ab]*$/);
    fc.assert(
      fc.property(text, replacement, fc.constantFrom('', 'g', 'y'), (source, by, flags) => {
        const pattern = '(?<n>a)(b?)';
        const request = { pattern, flags, texts: [source], replacement: by };
        const found = [
          ...source.matchAll(new RegExp(pattern, flags.includes('g') ? flags : `g${flags}`)),
        ];
        const count = flags === 'g' ? found.length : Math.min(found.length, 1);
        const replaced = source.replace(new RegExp(pattern, flags), by);
        expect(searchTexts(request)).toEqual({ kind: 'result', result: [{ replaced, count }] });
      }),
    );
  });

  it.each([
    [{ pattern: '[a(', flags: '' }, 'Unterminated character class'],
    [{ pattern: 'a', flags: 'q' }, "Invalid flags supplied to RegExp constructor 'q'"],
  ])('fails for %j, and does not repeat the pattern in the message', (faulty, reason) => {
    expect(searchTexts({ ...faulty, texts: [] })).toEqual({
      kind: 'failed',
      type: 'InvalidPattern',
      message: `\`with.pattern\` is not a regular expression that can run: ${reason}`,
    });
  });

  it.each([
    ['the text after each match', { pattern: 'x', flags: 'g', texts: [LONG], replacement: "$'" }],
    [
      'long replacements',
      { pattern: '', flags: 'g', texts: [LONG], replacement: 'y'.repeat(1_000) },
    ],
    [
      'many groups',
      { pattern: `${'('.repeat(500)}.*${')'.repeat(500)}`, flags: '', texts: [LONG] },
    ],
  ])('fails for results that would be too large: %s', (_, request) => {
    expect(searchTexts(request)).toMatchObject({ kind: 'failed', type: 'OutputTooLarge' });
  });
});
