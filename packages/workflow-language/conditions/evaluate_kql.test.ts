import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateKql } from './evaluate_kql.ts';
import { parseKql } from './parse_kql.ts';

const NOW = Date.parse('2026-11-29T10:00:00Z');

const CONTEXT = {
  inputs: {
    count: 5,
    text: '5',
    flag: true,
    word: 'two words',
    nothing: null,
    empty: '',
    named: 'null',
  },
  list: [1, 2, 30],
  none: [],
  users: [
    { name: 'Ana', age: 30, tags: ['admin', 'x'] },
    { name: 'Ben', age: 20, tags: [] },
  ],
  at: '2026-11-29T09:00:00Z',
  now: new Date(NOW),
  object: { a: 1 },
  ['constructor']: 'plain',
};

const evaluate = (query: string): boolean => evaluateKql(parseKql(query), CONTEXT, NOW);

describe('evaluateKql', () => {
  it.each([
    ['inputs.count : 5', 'a number'],
    ['inputs.count : "5"', 'a number in quotes'],
    ['inputs.count : 5.0', 'another form of the number'],
    ['inputs.text : 5', 'text that is a number'],
    ['inputs.flag : true', 'a boolean'],
    ['inputs.word : two words', 'words without quotes'],
    ['inputs.word : "two words"', 'words in quotes'],
    ['inputs.word : t*w*s', 'wildcards'],
    ['inputs.count : 5*', 'a wildcard on a number'],
    ['inputs.flag : t*', 'a wildcard on a boolean'],
    ['inputs.empty : *', 'an empty string is a value'],
    ['object : *', 'an object is a value'],
    ['not inputs.nothing : *', 'null is not a value'],
    ['not none : *', 'an empty list has no value'],
    ['not inputs.nothing : null', 'null never matches'],
    ['not inputs.named : null', 'null does not match the text null'],
    ['inputs.named : "null"', 'the text null in quotes'],
    ['inputs.count > 4 and inputs.count <= 5', 'a range'],
    ['list : 30', 'any member of a list'],
    ['list > 20', 'any member in a range'],
    ['list[0] : 1', 'an index in brackets'],
    ['list.2 : 30', 'an index after a dot'],
    ['list.length : 3', 'the length of a list'],
    ['none.length : 0', 'the length of an empty list'],
    ['inputs.word.length : 9', 'the length of a text'],
    ['users.name : Ben', 'a field of all members'],
    ['users.name : Ana and users.age : 20', 'different members'],
    ['users : { name : Ana and age : 30 }', 'one member'],
    ['users.tags : admin', 'lists in lists'],
    ['users[1].name : Ben', 'a member'],
    ['at > now-2h and at < now', 'date math'],
    ['at : "2026-11-29||+9h"', 'equal by date math'],
    ['now >= "2026-11-29T10:00:00Z"', 'a date'],
    ['inputs.word > "two"', 'text in order'],
    ['constructor : plain', 'a name of a JavaScript property'],
    ['inputs.count : (4 or 5)', 'one of several values'],
    ['NOT inputs.count : (4 OR 6)', 'keywords in upper case'],
  ])('is true for `%s` (%s)', (query) => {
    expect(evaluate(query)).toBe(true);
  });

  it.each([
    ['inputs.count : 50', 'another number'],
    ['inputs.word : Two words', 'another case'],
    ['inputs.word : two', 'a part of a text'],
    ['inputs.word : "t*"', 'a star in quotes'],
    ['inputs.flag : 1', 'a number for a boolean'],
    ['inputs.nothing : null', 'null'],
    ['object : 1', 'an object'],
    ['missing.path : *', 'a path that leads nowhere'],
    ['missing > 1', 'a range on nothing'],
    ['not missing < 1 and missing : *', 'a missing field in both conditions'],
    ['inputs.count.deeper : *', 'a path through a number'],
    ['users : { name : Ana and age : 20 }', 'two members'],
    ['list[9] : *', 'an index behind the end'],
    ['toString : *', 'an inherited property'],
    ['inputs.count == 5', 'an operator of JavaScript'],
    ['5 > 3', 'two values'],
    ['inputs.count > x', 'a range with text'],
    ['inputs.count : ""', 'an empty string for a number'],
  ])('is false for `%s` (%s)', (query) => {
    expect(evaluate(query)).toBe(false);
  });

  it('takes linear time when the pattern has many wildcards', () => {
    const query = parseKql(`a : ${'x*'.repeat(2_000)}y`);
    expect(evaluateKql(query, { a: 'x'.repeat(20_000) }, NOW)).toBe(false);
  });

  it('J127: searches megabytes in linear time', () => {
    const piece = `${'a'.repeat(4_950)}b${'a'.repeat(4_950)}`;
    const context = { a: 'a'.repeat(9_000_000) };
    // With `indexOf` this takes 45 seconds, which is longer than the time limit of a test.
    expect(evaluateKql(parseKql(`a:*${piece}*x`), context, NOW)).toBe(false);
    const pieces = parseKql(`a:*b*${' or a:*b*'.repeat(10)}`);
    expect(() => evaluateKql(pieces, context, NOW)).toThrow('compares more than 500000 values');
  });

  it.each([
    ['wildcards', `a:*${'*'.repeat(5_000)}x`],
    ['parts without a field', `a:{ ${'b or '.repeat(1_000)}b }`],
  ])(
    'J127: counts the parts of a condition for each value that it is compared with: %s',
    (_, query) => {
      const context = { a: Array.from({ length: 1_000 }, () => ({ b: 1 })) };
      const texts = { a: Array.from({ length: 1_000 }, () => 'y') };
      expect(() => {
        evaluateKql(parseKql(query), context, NOW);
        evaluateKql(parseKql(query), texts, NOW);
      }).toThrow('compares more than 500000 values');
    },
  );

  it.each([
    ['date math', `a >= now${'+1d'.repeat(3_000)}`, '2026-11-30T00:00:00Z'],
    ['a number', `a >= 1${'0'.repeat(9_000)}.5`, 1],
    ['a path', `list:{ a${'.a'.repeat(4_000)}: 1 }`, { b: 1 }],
  ])('J127: converts a long literal once, not for each value: %s', (_, query, member) => {
    const list = Array.from({ length: 100_000 }, () => member);
    const node = parseKql(query);
    const cpu = process.cpuUsage();
    evaluateKql(node, { a: list, list }, NOW);
    const { user } = process.cpuUsage(cpu);
    // Without the cache it would take minutes; for the number and the path, seconds.
    expect(user).toBeLessThan(1_500_000);
  });

  it('fails when it has read too many values', () => {
    const query = parseKql(`a:x${' or a:x'.repeat(1_000)}`);
    const context = { a: Array.from({ length: 20_000 }, (_, index) => index) };
    expect(() => evaluateKql(query, context, NOW)).toThrow('compares more than 500000 values');
  });

  it('counts members of lists that lack the field towards the limit', () => {
    const query = parseKql(`a.b:x${' or a.b:x'.repeat(100)}`);
    const context = { a: Array.from({ length: 20_000 }, () => ({})) };
    expect(() => evaluateKql(query, context, NOW)).toThrow('compares more than 500000 values');
  });

  it('does not follow lists nested deeper than 100 levels', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(evaluateKql(parseKql('a : 1'), { a: deep }, NOW)).toBe(false);
  });

  it('follows the rules of Boolean logic', () => {
    const leaf = fc.constantFrom('list : 1', 'list : 7', 'inputs.flag : true', 'missing : *');
    fc.assert(
      fc.property(leaf, leaf, (a, b) => {
        expect(evaluate(`not (${a} and ${b})`)).toBe(evaluate(`not ${a} or not ${b}`));
        expect(evaluate(`${a} or ${b}`)).toBe(evaluate(a) || evaluate(b));
      }),
    );
  });
});
