import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Filter, filter } from '../filter/filter.ts';
import { aNote, GLOBAL, idsOf, NOTE, putAll } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

/** Texts with characters that have a meaning in a query language, a pattern or a parser. */
const HOSTILE_TEXTS = [
  `x' OR '1'='1`,
  '"quoted"',
  '*',
  '%',
  '_',
  '?',
  'a OR b',
  'or',
  'and',
  'not',
  '(a)',
  '[a TO z]',
  '{"match_all":{}}',
  'owner:other',
  '\\',
  '\\"',
  '$.owner',
  'back`tick',
  '<a&b>',
  'ключ 鍵 🔑',
  'é',
  'e\u0301',
  'tab\there',
  'line\nbreak',
  ' leading and trailing ',
  'ABC',
  'abc',
  '-',
  '!',
  '0',
  'true',
  'null',
] as const;

/** Registers tests of searches with filters. */
export function itFilters({ store }: ConformanceContext): void {
  const found = async (condition: Filter): Promise<readonly string[]> => {
    const request = { types: [NOTE.name], filter: condition, limit: 1000 };
    return idsOf((await store().search(request)).documents);
  };

  it('finds documents by equality of each type of field', async () => {
    await putAll(store(), [
      aNote('a', {
        title: 'One two',
        owner: 'ann',
        dueAt: '2030-05-05T10:00:00.000Z',
        rank: 5,
        done: true,
        place: { city: 'Ulm' },
      }),
      aNote('b', { title: 'One', owner: 'bob', rank: 6, done: false, place: { city: 'Bonn' } }),
    ]);
    expect(await found(filter.equals('title', 'One two'))).toEqual(['a']);
    expect(await found(filter.equals('owner', 'ann'))).toEqual(['a']);
    expect(await found(filter.equals('dueAt', '2030-05-05T10:00:00.000Z'))).toEqual(['a']);
    expect(await found(filter.equals('dueAt', '2030-05-05T10:00:00Z'))).toEqual(['a']);
    expect(await found(filter.equals('rank', 6))).toEqual(['b']);
    expect(await found(filter.equals('done', true))).toEqual(['a']);
    expect(await found(filter.equals('done', false))).toEqual(['b']);
    expect(await found(filter.equals('place.city', 'Bonn'))).toEqual(['b']);
  });

  it('treats text that looks like a query as text', async () => {
    await putAll(
      store(),
      HOSTILE_TEXTS.map((owner, i) => aNote(`h${i}`, { owner })),
    );
    for (const [i, owner] of HOSTILE_TEXTS.entries()) {
      expect(await found(filter.equals('owner', owner))).toEqual([`h${i}`]);
      expect(await found(filter.isOneOf('owner', [owner, 'other']))).toEqual([`h${i}`]);
    }
  });

  it('finds no document of another owner, whatever characters the names of the owners contain', async () => {
    const owner = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.constantFrom(...HOSTILE_TEXTS),
    );
    const property = fc.asyncProperty(owner, owner, async (mine, theirs) => {
      fc.pre(mine !== theirs);
      await putAll(store(), [aNote('mine', { owner: mine }), aNote('theirs', { owner: theirs })]);
      expect(await found(filter.equals('owner', mine))).toEqual(['mine']);
      expect(await found(filter.isOneOf('owner', [theirs]))).toEqual(['theirs']);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('finds documents by a list of values, also a long list, and none by an empty list', async () => {
    await putAll(
      store(),
      ['a', 'b', 'c'].map((owner, rank) => aNote(owner, { owner, rank })),
    );
    const many = Array.from({ length: 900 }, (_, i) => `other-${i}`);
    expect(await found(filter.isOneOf('owner', ['a', 'c', ...many]))).toEqual(['a', 'c']);
    expect(await found(filter.isOneOf('rank', [1, 2]))).toEqual(['b', 'c']);
    expect(await found(filter.isOneOf('owner', []))).toEqual([]);
  });

  it('finds a document by any element of a list', async () => {
    await putAll(store(), [
      aNote('both', { tags: ['red', 'green'] }),
      aNote('plain', { tags: 'red' }),
      aNote('none', { owner: 'red' }),
    ]);
    expect(await found(filter.equals('tags', 'red'))).toEqual(['both', 'plain']);
    expect(await found(filter.isOneOf('tags', ['green', 'blue']))).toEqual(['both']);
    expect(await found(filter.equals('tags', 'blue'))).toEqual([]);
  });

  it('finds documents strictly before and after a number or an instant', async () => {
    const days = ['01', '02', '03'];
    await putAll(store(), [
      ...days.map((d, rank) => aNote(d, { rank, dueAt: `2030-05-${d}T00:00:00.000Z` })),
      aNote('undated', {}),
    ]);
    const second = new Date('2030-05-02T00:00:00Z');
    expect(await found(filter.before('dueAt', second))).toEqual(['01']);
    expect(await found(filter.after('dueAt', second))).toEqual(['03']);
    expect(await found(filter.before('rank', 2))).toEqual(['01', '02']);
    expect(await found(filter.after('rank', 0))).toEqual(['02', '03']);
  });

  it('finds documents by the instant of the last write and by model version', async () => {
    await putAll(store(), [
      aNote('old', {}, { updatedAt: '2030-01-01T00:00:00.000Z', modelVersion: 1 }),
      aNote('new', {}, { updatedAt: '2030-06-01T00:00:00.000Z', modelVersion: 3 }),
    ]);
    expect(await found(filter.after('updatedAt', new Date('2030-03-01')))).toEqual(['new']);
    expect(await found(filter.before('modelVersion', 3))).toEqual(['old']);
    expect(await found(filter.after('modelVersion', 1))).toEqual(['new']);
  });

  it('finds documents by existence of a field, and treats null as absent', async () => {
    await putAll(store(), [
      aNote('a', { owner: 'x' }),
      aNote('b', { owner: null }),
      aNote('c', {}),
      aNote('d', { owner: '' }),
    ]);
    expect(await found(filter.exists('owner'))).toEqual(['a', 'd']);
    expect(await found(filter.not(filter.exists('owner')))).toEqual(['b', 'c']);
  });

  it('a negated comparison also finds documents without the field', async () => {
    await putAll(store(), [aNote('a', { owner: 'x' }), aNote('b', { owner: 'y' }), aNote('c', {})]);
    expect(await found(filter.not(filter.equals('owner', 'x')))).toEqual(['b', 'c']);
    expect(await found(filter.not(filter.not(filter.equals('owner', 'x'))))).toEqual(['a']);
  });

  it('combines conditions; an empty `and` matches all documents and an empty `or` none', async () => {
    await putAll(store(), [
      aNote('a', { owner: 'x', rank: 1 }),
      aNote('b', { owner: 'x', rank: 2 }),
      aNote('c', { owner: 'y', rank: 1 }),
    ]);
    const isX = filter.equals('owner', 'x');
    const isFirst = filter.equals('rank', 1);
    expect(await found(filter.and(isX, isFirst))).toEqual(['a']);
    expect(await found(filter.or(isX, isFirst))).toEqual(['a', 'b', 'c']);
    expect(await found(filter.and(isX, filter.not(isFirst)))).toEqual(['b']);
    expect(await found(filter.and(filter.or(isX, isFirst), filter.not(isX)))).toEqual(['c']);
    expect(await found(filter.and())).toEqual(['a', 'b', 'c']);
    expect(await found(filter.or())).toEqual([]);
  });

  it('matches beginnings of words in any case', async () => {
    await putAll(store(), [
      aNote('a', { title: 'Google Drive of the team' }),
      aNote('b', { title: 'Slack team' }),
      aNote('c', { title: 'Überblick ÄRGER' }),
      aNote('d', {}),
    ]);
    expect(await found(filter.matches('title', 'drive'))).toEqual(['a']);
    expect(await found(filter.matches('title', 'TEA goo'))).toEqual(['a']);
    expect(await found(filter.matches('title', 'tea'))).toEqual(['a', 'b']);
    expect(await found(filter.matches('title', 'rive'))).toEqual([]);
    expect(await found(filter.matches('title', 'über ärg'))).toEqual(['c']);
    expect(await found(filter.matches('title', 'team slackers'))).toEqual([]);
  });

  it('treats pattern characters in a search text as separators', async () => {
    await putAll(store(), [
      aNote('a', { title: 'plain words' }),
      aNote('b', { title: '100% sure' }),
    ]);
    for (const text of ['p%s', 'p*s', 'plain_word', 'pl?in']) {
      expect(await found(filter.matches('title', text))).toEqual([]);
    }
    expect(await found(filter.matches('title', '100%'))).toEqual(['b']);
  });

  it('matches all documents when the search text has no words', async () => {
    await putAll(store(), [aNote('a', { title: 'x' }), aNote('b', {})]);
    expect(await found(filter.matches('title', ' '))).toEqual(['a', 'b']);
    expect(await found(filter.matches('title', '*'))).toEqual(['a', 'b']);
  });

  it('refuses to filter or sort by a field without a mapping and names it', async () => {
    const unmapped = { types: [NOTE.name], limit: 1 };
    const byFilter = store().search({ ...unmapped, filter: filter.equals('secret', 'x') });
    await expect(byFilter).rejects.toThrow('[secret]');
    const nested = filter.not(filter.or(filter.and(filter.exists('hidden'))));
    await expect(store().search({ ...unmapped, filter: nested })).rejects.toThrow('[hidden]');
    const bySort = store().search({ ...unmapped, sort: [{ field: 'secret', order: 'asc' }] });
    await expect(bySort).rejects.toThrow('[secret]');
  });

  it('finds documents of the given namespaces, and agnostic documents in every namespace', async () => {
    const agnostic = { type: GLOBAL.name, namespace: undefined };
    await putAll(store(), [
      aNote('a', {}, { namespace: 'default' }),
      aNote('b', {}, { namespace: 'team' }),
      aNote('g', {}, { ...agnostic, key: `${GLOBAL.name}:g` }),
    ]);
    const types = [NOTE.name, GLOBAL.name];
    const inNamespaces = async (namespaces?: readonly string[]): Promise<readonly string[]> => {
      const request = { types, limit: 10, ...(namespaces === undefined ? {} : { namespaces }) };
      return idsOf((await store().search(request)).documents).toSorted();
    };
    expect(await inNamespaces()).toEqual(['a', 'b', 'g']);
    expect(await inNamespaces(['team'])).toEqual(['b', 'g']);
    expect(await inNamespaces(['team', 'default'])).toEqual(['a', 'b', 'g']);
    expect(await inNamespaces(['empty'])).toEqual(['g']);
  });
}
