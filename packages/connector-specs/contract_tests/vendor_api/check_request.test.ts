import { describe, expect, it, vi } from 'vitest';
import { checkRequest, type SentRequest } from './check_request.ts';
import type { VendorFacts } from './facts.ts';

const parameter = { isMultiSegment: false, isCommaSeparated: false } as const;
const facts: VendorFacts = {
  source: { package: 'p', version: '1.0.0', licence: 'MIT', sha256: '0', file: 'f.json' },
  basePath: '/v1',
  operations: {
    'GET /items/{id}': {
      parameters: [
        { in: 'path', name: 'id', isRequired: true, schema: { type: 'string' }, ...parameter },
        {
          in: 'query',
          name: 'limit',
          isRequired: true,
          schema: { type: 'integer', maximum: 100 },
          ...parameter,
        },
        { in: 'query', name: 'sort', isRequired: false, schema: { enum: ['a'] }, ...parameter },
      ],
      body: undefined,
      responses: [],
    },
    'GET /items/latest': { parameters: [], body: undefined, responses: [] },
    'GET /ranges/{id}': { parameters: [], body: undefined, responses: [] },
    'GET /ranges/{id}:clear': { parameters: [], body: undefined, responses: [] },
    'GET /files/{path}': {
      parameters: [
        {
          in: 'path',
          name: 'path',
          isRequired: true,
          schema: { type: 'string' },
          isMultiSegment: true,
          isCommaSeparated: false,
        },
      ],
      body: undefined,
      responses: [],
    },
    "GET /files:/{path}:/search(q='{id}')": {
      parameters: [
        {
          in: 'path',
          name: 'path',
          isRequired: true,
          schema: { type: 'string' },
          isMultiSegment: true,
          isCommaSeparated: false,
        },
        { in: 'path', name: 'id', isRequired: true, schema: { enum: ['x/y'] }, ...parameter },
      ],
      body: undefined,
      responses: [],
    },
    'PATCH /items/{id}': {
      parameters: [
        { in: 'path', name: 'id', isRequired: true, schema: { type: 'string' }, ...parameter },
      ],
      body: {
        isRequired: true,
        schemas: {
          'application/json': {
            type: 'object',
            required: ['title'],
            properties: {
              title: { type: 'string', maxLength: 5 },
              parent: { type: 'object', properties: { id: { type: 'string' } } },
            },
          },
        },
      },
      responses: [],
    },
  },
};

const DOCUMENT = 'query items($first: Int) { items(first: $first) { id } }';
const graphql: VendorFacts = {
  ...facts,
  basePath: '',
  operations: {
    'POST /graphql items': {
      parameters: [],
      body: {
        isRequired: true,
        schemas: {
          'application/json': {
            type: 'object',
            required: ['query', 'variables'],
            properties: {
              query: { const: DOCUMENT },
              variables: { type: 'object', properties: { first: { type: 'integer' } } },
            },
          },
        },
      },
      responses: [],
    },
  },
};

const sent = (method: string, url: string, body?: unknown): SentRequest => ({
  method,
  url,
  contentType: body === undefined ? undefined : 'application/json',
  body: body === undefined ? '' : JSON.stringify(body),
});

describe('the check of a request against the facts of the vendor', () => {
  it.each([
    sent('GET', '/v1/items/a%2Fb?limit=10&sort=a'),
    sent('GET', '/v1/items/latest'),
    sent('GET', '/v1/files/a/b%3Fc/d'),
    sent('GET', "/v1/files:/a/b:/search(q='x%2Fy')"),
    sent('PATCH', '/v1/items/1', { title: 'a', parent: { id: 'x' } }),
  ])('accepts %j', (request) => {
    expect(checkRequest(facts, request).problems).toEqual([]);
  });

  it.each<[string, SentRequest, string]>([
    ['another verb', sent('PUT', '/v1/items/1', { title: 'a' }), 'no operation'],
    ['a path that is not encoded', sent('GET', '/v1/items/a/b?limit=1'), 'no operation'],
    ['a query that is not encoded', sent('GET', '/v1/items/a?limit=1&b=2'), 'unknown query name b'],
    [
      'a parameter within a segment that is not encoded',
      sent('GET', "/v1/files:/a:/search(q='x/y')"),
      'no operation',
    ],
    ['a value within a segment', sent('GET', "/v1/files:/a:/search(q='z')"), 'id must be equal'],
    ['another base path', sent('GET', '/v2/items/1?limit=1'), 'no operation'],
    ['an empty segment', sent('GET', '/v1/items/?limit=1'), 'no operation'],
    [
      'an unknown query name',
      sent('GET', '/v1/items/1?limit=1&order=a'),
      'unknown query name order',
    ],
    ['a missing query name', sent('GET', '/v1/items/1'), 'missing query name limit'],
    ['a value above the maximum', sent('GET', '/v1/items/1?limit=101'), 'limit must be <= 100'],
    ['a value of another type', sent('GET', '/v1/items/1?limit=x'), 'limit must be integer'],
    ['a value outside the enum', sent('GET', '/v1/items/1?limit=1&sort=b'), 'sort must be equal'],
    ['a repeated value', sent('GET', '/v1/items/1?limit=1&limit=2'), 'sent 2 times'],
    ['a missing body', sent('PATCH', '/v1/items/1'), 'missing body'],
    ['a body that is not expected', sent('GET', '/v1/items/latest', {}), 'unexpected body'],
    ['a missing field', sent('PATCH', '/v1/items/1', {}), "must have required property 'title'"],
    ['an unknown field', sent('PATCH', '/v1/items/1', { title: 'a', name: 'a' }), '"name"'],
    [
      'an unknown field of an object',
      sent('PATCH', '/v1/items/1', { title: 'a', parent: { key: 'a' } }),
      '"key"',
    ],
    [
      'a text above the maximum length',
      sent('PATCH', '/v1/items/1', { title: 'aaaaaa' }),
      'more than 5',
    ],
    [
      'another content type',
      { ...sent('PATCH', '/v1/items/1', {}), contentType: 'text/plain' },
      'content type text/plain',
    ],
  ])('finds a mistake: %s', (_, request, problem) => {
    expect(checkRequest(facts, request).problems.join()).toContain(problem);
  });

  it.each([
    ['/v1/ranges/A1%3AB2', 'GET /ranges/{id}'],
    ['/v1/ranges/A1%3Aclear', 'GET /ranges/{id}'],
    ['/v1/ranges/A1%3AB2:clear', 'GET /ranges/{id}:clear'],
    ['/v1/ranges/A1:drop', undefined],
    ['/v1/ranges/:clear', undefined],
  ])('for the path %s, which may contain a custom method, finds the operation %s', (url, route) => {
    const request = { method: 'GET', url, contentType: undefined, body: '' };
    expect(checkRequest(facts, request).route).toBe(route);
  });
});

describe('the check of a GraphQL request', () => {
  const check = (query: string, variables: object) =>
    checkRequest(graphql, sent('POST', '/graphql', { query, variables }));

  it('finds the operation by its name in the document', () => {
    expect(check(DOCUMENT, { first: 1 })).toEqual({ route: 'POST /graphql items', problems: [] });
    expect(check('query other { items { id } }', {}).route).toBeUndefined();
  });

  it.each([
    ['another document', { query: DOCUMENT.replace('Int', 'ID'), variables: {} }, 'body/query'],
    ['another type', { query: DOCUMENT, variables: { first: '1' } }, 'first must be integer'],
    ['an unknown variable', { query: DOCUMENT, variables: { last: 1 } }, '"last"'],
  ])('finds a mistake: %s', (_, { query, variables }, problem) => {
    expect(check(query, variables).problems.join()).toContain(problem);
  });
});

it('a format in written facts is not compared, and causes no warning', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const day = { in: 'query', name: 'day', isRequired: true, ...parameter } as const;
  const operations: VendorFacts['operations'] = {
    'GET /days': {
      parameters: [{ ...day, schema: { type: 'string', format: 'date' } }],
      body: undefined,
      responses: [],
    },
  };
  const request = { method: 'GET', url: '/v1/days?day=today', contentType: undefined, body: '' };
  expect(checkRequest({ ...facts, operations }, request).problems).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
