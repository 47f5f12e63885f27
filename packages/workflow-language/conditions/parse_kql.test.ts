import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KqlNode, KqlSyntaxError } from './kql_node.ts';
import { parseKql } from './parse_kql.ts';

/**
 * Writes a query with all its parentheses, so that a test can compare the structure as one line.
 */
function structure(node: KqlNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map(structure).join(` ${node.kind} `)})`;
    case 'not':
      return `not ${structure(node.node)}`;
    case 'nested':
      return `${node.field.text}:{${structure(node.node)}}`;
    case 'range':
      return `${node.field.text}${node.operator}[${node.value.text}]`;
    case 'is':
      return `${node.field.text}:[${node.value.text}]`;
    case 'bare':
      return `[${node.value.text}]`;
    default:
      return node satisfies never;
  }
}

describe('parseKql', () => {
  it.each([
    ['a:1', 'a:[1]'],
    ['a : 1 AND b:2 or c:3', '((a:[1] and b:[2]) or c:[3])'],
    ['not a:1 and b:2', '(not a:[1] and b:[2])'],
    ['not not a:1', 'not not a:[1]'],
    ['a:(1 or 2 and not 3)', '(a:[1] or (a:[2] and not a:[3]))'],
    ['(a:1 or b:2) and c:3', '((a:[1] or b:[2]) and c:[3])'],
    ['a:{ b : 1 and c:{d:2} }', 'a:{(b:[1] and c:{d:[2]})}'],
    ['a >= 5 and b<now-1d', '(a>=[5] and b<[now-1d])'],
    ['steps.x.output[0].name : "two words"', 'steps.x.output[0].name:[two words]'],
    ['a: two  words and b:1', '(a:[two  words] and b:[1])'],
    ['a: "say \\"hi\\" \\\\ \\u0041"', 'a:[say "hi" \\ A]'],
    ['a: x\\:y\\*', 'a:[x:y*]'],
    ['a: \\and', 'a:[and]'],
    ['order:1', 'order:[1]'],
    ['a: android', 'a:[android]'],
    ['a == b', '[a == b]'],
    ['a : *', 'a:[*]'],
  ])('reads %s as %s', (query, expected) => {
    expect(structure(parseKql(query))).toBe(expected);
  });

  it('distinguishes wildcards from escaped stars', () => {
    const node = parseKql('a: x*y\\*z');
    expect(node).toMatchObject({ kind: 'is', value: { pieces: ['x', 'y*z'], quoted: false } });
  });

  it.each([
    ['', 0],
    ['a:', 2],
    ['(a:1', 4],
    ['a:1)', 3],
    ['a:{b:1', 6],
    ['a:"x', 2],
    ['and a:1', 0],
    ['a:1 and', 7],
    ['a < ', 4],
    ['a:1 b:2', 5],
    ['a:\\', 2],
    ['a: not b', 3],
  ])('fails for %j at offset %i', (query, offset) => {
    expect(() => parseKql(query)).toThrow(expect.objectContaining({ offset }));
  });

  it('fails for deep nesting and for long queries, without a stack overflow', () => {
    expect(() => parseKql('('.repeat(5_000))).toThrow('nested deeper');
    expect(() => parseKql('not '.repeat(2_000))).toThrow('nested deeper');
    expect(() => parseKql('('.repeat(20_000))).toThrow('longer than 10000 characters');
  });

  it('parses or refuses any text, and returns correct offsets of literals', () => {
    const pieces = fc.constantFrom(
      'a',
      ':',
      '*',
      '(',
      ')',
      '{',
      '}',
      '"',
      '\\',
      ' ',
      'and',
      '<',
      '1',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const query = parts.join('');
        try {
          parseKql(query);
        } catch (error) {
          expect(error).toBeInstanceOf(KqlSyntaxError);
          expect((error as KqlSyntaxError).offset).toBeLessThanOrEqual(query.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
