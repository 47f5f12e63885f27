import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../store/api_key.ts';
import { KeyQueryError, parseKeyQuery } from './parse_query.ts';

const NOW = Date.parse('2026-05-10T12:00:00Z');
const aKey: ApiKey = {
  id: 'id-1',
  name: 'Deploy production',
  secretHash: 'hash-canary',
  username: 'ben',
  profileUid: 'u-ben',
  createdAt: new Date('2026-05-01T00:00:00Z'),
  expiresAt: new Date('2026-06-01T00:00:00Z'),
  metadata: { team: { 'cost.center': 7 }, tags: ['ci', 'prod'], managed: true },
  roleDescriptors: {},
  epoch: undefined,
};
const matches = (query: unknown, changes: Partial<ApiKey> = {}) =>
  parseKeyQuery(query)({ ...aKey, ...changes }, NOW);
const search = (query: string, default_operator?: string) =>
  matches({ simple_query_string: { query, default_operator } });
const no = { term: { name: 'x' } };
const yes = { match_all: {} };

/** Creates a query that is nested `depth` levels deep. */
const nested = (depth: number): object =>
  depth === 0 ? yes : { bool: { must: nested(depth - 1) } };

describe('a query for keys', () => {
  it.each([
    [{ match_all: { boost: 1 } }],
    [{ term: { name: 'Deploy production' } }],
    [{ term: { name: { value: 'deploy PRODUCTION', case_insensitive: true } } }],
    [{ term: { invalidated: false } }],
    [{ term: { type: 'rest' } }],
    [{ term: { 'metadata.team.cost.center': '7' } }],
    [{ term: { 'metadata.tags': 'prod' } }],
    [{ term: { metadata: 'ci' } }],
    [{ term: { 'metadata.managed': true } }],
    [{ term: { creation: '2026-05-01' } }],
    [{ terms: { username: ['ana', 'ben'] } }],
    [{ match: { username: { query: 'ben', operator: 'and' } } }],
    [{ match: { realm: 'native' } }],
    [{ ids: { values: 'id-1' } }],
    [{ ids: { values: ['id-0', 'id-1'] } }],
    [{ prefix: { name: 'Depl' } }],
    [{ prefix: { name: { value: 'dEPL', case_insensitive: true } } }],
    [{ wildcard: { name: { value: '*PROD*', case_insensitive: true } } }],
    [{ wildcard: { name: 'D*y p?od*' } }],
    [{ exists: { field: 'expiration' } }],
    [{ exists: { field: 'metadata.tags' } }],
    [{ range: { creation: { gte: 'now-10d', lt: 'now' } } }],
    [{ range: { expiration: { gt: NOW, lte: '2026-06-01T00:00:00' } } }],
  ])('matches the key: %j', (query) => {
    expect(matches(query)).toBe(true);
  });

  it.each([
    [{ term: { name: 'deploy production' } }],
    [{ term: { name: 'Deploy' } }],
    [{ term: { 'metadata.hasOwnProperty': true } }],
    [{ term: { invalidated: true } }],
    [{ term: { creation: NOW } }],
    [{ terms: { username: [] } }],
    [{ ids: { values: [] } }],
    [{ prefix: { name: 'depl' } }],
    [{ wildcard: { name: 'Deploy' } }],
    [{ exists: { field: 'invalidation' } }],
    [{ range: { creation: { gte: 'now' } } }],
    [{ range: { expiration: { lt: '2026-06-01T01:00:00+01:00' } } }],
  ])('does not match the key: %j', (query) => {
    expect(matches(query)).toBe(false);
  });

  it('does not match a range or term of a date when the key has no such date', () => {
    const never = { expiresAt: undefined };
    expect(matches({ range: { expiration: { lte: 'now+9999w' } } }, never)).toBe(false);
    expect(matches({ exists: { field: 'expiration' } }, never)).toBe(false);
  });

  it.each([
    [{}, true],
    [{ must: yes, filter: [yes, yes] }, true],
    [{ must: [yes, no] }, false],
    [{ filter: no }, false],
    [{ must_not: [no] }, true],
    [{ must_not: yes }, false],
    [{ should: [no, yes] }, true],
    [{ should: [no, no] }, false],
    [{ should: no, must: yes }, true],
    [{ should: [no, yes], must: yes, minimum_should_match: 1 }, true],
    [{ should: [no, no], must: yes, minimum_should_match: '1' }, false],
    [{ should: [yes, no], minimum_should_match: 2 }, false],
    [{ must: [{ bool: { should: [no, { bool: { must_not: no } }] } }] }, true],
  ])('evaluates the bool query %j as %o', (bool, expected) => {
    expect(matches({ bool })).toBe(expected);
  });

  it.each([
    ['prod*', true],
    ['+deploy +prod', true],
    ['+deploy +staging', false],
    ['deploy staging', true],
    ['deploy -prod', false],
    ['deploy -staging', true],
    ['staging | prod', true],
    ['staging | qa', false],
    ['"ploy prod"', true],
    ['"production deploy"', false],
    ['ben', true],
    ['*', true],
    ['', true],
    ['+', true],
  ])('with the words %j for name and user matches the key (expected: %o)', (query, expected) => {
    expect(search(query)).toBe(expected);
  });

  it('uses the fields and the operator that the query names', () => {
    expect(search('deploy staging', 'AND')).toBe(false);
    const simple_query_string = { query: 'ben', fields: ['name'] };
    expect(matches({ simple_query_string })).toBe(false);
  });

  it.each([
    [{}, [], 'must be an object with one member'],
    [[], [], 'must be an object with one member'],
    [null, [], 'must be an object with one member'],
    [{ match_all: {}, term: { name: 'x' } }, [], 'one member'],
    [{ fuzzy: { name: 'x' } }, [], 'supported queries: match_all, bool'],
    [{ constructor: {} }, [], 'supported queries'],
    [{ bool: { must: [yes, { regexp: { name: '.*' } }] } }, ['bool', 'must', '1'], 'supported'],
    [{ bool: { must: yes, boosts: 1 } }, ['bool'], 'boosts'],
    [{ bool: { should: 1 } }, ['bool', 'should'], 'one member'],
    [{ bool: { should: yes, minimum_should_match: '75%' } }, ['bool', 'minimum_should_match'], ''],
    [{ term: { secretHash: 'x' } }, ['term'], 'must name one of the fields id, type, name'],
    [{ term: { constructor: 'x' } }, ['term'], 'must name one of the fields'],
    [{ exists: { field: 'role_descriptors' } }, ['exists'], 'must name one of the fields'],
    [{ term: { name: null } }, ['term', 'name', 'value'], ''],
    [{ terms: { name: 'x' } }, ['terms', 'name'], ''],
    [{ wildcard: { name: 'x'.repeat(257) } }, ['wildcard', 'name', 'value'], ''],
    [{ range: { name: { gt: 'a' } } }, ['range'], 'is supported only for the fields creation'],
    [{ range: { creation: { gt: 'now/d' } } }, ['range', 'creation', 'gt'], 'must be milliseconds'],
    [{ range: { creation: { gt: '2026-13-01' } } }, ['range', 'creation', 'gt'], 'milliseconds'],
    [
      { simple_query_string: { query: '(a | b) +c' } },
      ['simple_query_string', 'query'],
      'parentheses',
    ],
    [{ simple_query_string: { query: 'prod~1' } }, ['simple_query_string', 'query'], '~'],
    [{ simple_query_string: { query: 'a', fields: ['na*'] } }, ['simple_query_string'], 'fields'],
    [{ bool: { must: Array.from({ length: 50 }, () => yes) } }, ['bool', 'must', '49'], 'most 50'],
  ])('is refused, with the path of its invalid part, when it is %j', (query, path, message) => {
    let error: unknown;
    try {
      parseKeyQuery(query);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(KeyQueryError);
    expect(error).toMatchObject({ path, message: expect.stringContaining(message) });
  });

  it('is refused when it is nested too deep', () => {
    expect(matches(nested(19))).toBe(true);
    expect(() => parseKeyQuery(nested(20))).toThrow('must be nested at most 20 deep');
  });

  it('is refused with more than 256 characters in the patterns of all its wildcards', () => {
    const of = (...lengths: readonly number[]) => ({
      bool: { must: lengths.map((length) => ({ wildcard: { name: '*'.repeat(length) } })) },
    });
    expect(matches(of(200, 56))).toBe(true);
    expect(() => matches(of(200, 57))).toThrow(KeyQueryError);
  });

  it('F163: is refused with more than 256 characters in all its texts to search', () => {
    const of = (...lengths: readonly number[]) => ({
      bool: {
        must_not: lengths.map((length) => ({
          simple_query_string: { query: 'z|'.repeat(length / 2), fields: ['name'] },
        })),
      },
    });
    expect(matches(of(200, 56))).toBe(true);
    expect(() => matches(of(200, 58))).toThrow(KeyQueryError);
  });

  it('F163: reads a field once that a search names several times', () => {
    let reads = 0;
    const counting = {
      get name() {
        reads += 1;
        return 'a';
      },
    };
    const fields = Array.from({ length: 10 }, () => 'name');
    const condition = parseKeyQuery({ simple_query_string: { query: 'z', fields } });
    expect(condition(counting as never, NOW)).toBe(false);
    expect(reads).toBe(1);
  });
});
