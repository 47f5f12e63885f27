import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { notion } from './notion.ts';

const api = useConnector(notion, {
  secrets: { authType: 'bearer', token: 'dev-canary-token' },
  response: () => ({ body: aList([]) }),
});
const { run, sent } = api;

const aList = (results: readonly object[], next: string | null = null) => ({
  object: 'list',
  results,
  next_cursor: next,
  has_more: next !== null,
});

const aPage = (id: string) => ({
  object: 'page',
  id,
  in_trash: false,
  parent: { type: 'data_source_id', data_source_id: 'd1', database_id: 'b1' },
  properties: { Name: { id: 'title', type: 'title', title: [{ plain_text: 'Plan' }] } },
  public_url: null,
  icon: { type: 'emoji', emoji: '📄' },
});

const aDataSource = {
  object: 'data_source',
  id: 'd1',
  title: [{ type: 'text', plain_text: 'Tasks' }],
  properties: { Status: { id: 's', type: 'status', status: { options: [] } } },
};

describe('requests of the Notion actions', () => {
  // These are the requests that the vendor's client @notionhq/client 5.26.0 sends for the same
  // calls.
  it.each([
    [
      'searchPageOrDSByTitle',
      { query: 'plan', queryObjectType: 'data_source', startCursor: 'c' },
      {
        request: 'POST /v1/search',
        body: {
          query: 'plan',
          filter: { property: 'object', value: 'data_source' },
          start_cursor: 'c',
          page_size: 10,
        },
      },
    ],
    [
      'searchPageOrDSByTitle',
      { query: '', queryObjectType: 'page', startCursor: '', pageSize: 100 },
      {
        request: 'POST /v1/search',
        body: { query: '', filter: { property: 'object', value: 'page' }, page_size: 100 },
      },
    ],
    [
      'queryDataSource',
      {
        dataSourceId: 'd1',
        filter: '{"property":"S","status":{"equals":"Done"}}',
        startCursor: 'c',
      },
      {
        request: 'POST /v1/data_sources/d1/query',
        body: {
          filter: { property: 'S', status: { equals: 'Done' } },
          start_cursor: 'c',
          page_size: 10,
        },
      },
    ],
    [
      'queryDataSource',
      { dataSourceId: 'd1', filter: '' },
      { request: 'POST /v1/data_sources/d1/query', body: { page_size: 10 } },
    ],
    ['getPage', { pageId: 'p1' }, { request: 'GET /v1/pages/p1' }],
    ['getDataSource', { dataSourceId: 'd1' }, { request: 'GET /v1/data_sources/d1' }],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    const entry = name === 'getPage' ? aPage('p1') : aDataSource;
    api.response = ({ method }) => ({ body: method === 'GET' ? entry : aList([]) });
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it('have an encoded id in their path', async () => {
    api.response = () => ({ body: aPage('p1') });
    await run('getPage', { pageId: '../users?a=b#c' });
    expect(sent()).toEqual([{ request: 'GET /v1/pages/..%2Fusers%3Fa%3Db%23c' }]);
  });

  it('contain the version of the API and the token', async () => {
    await api.test();
    expect(sent()).toEqual([{ request: 'GET /v1/users?page_size=1' }]);
    expect(api.received[0]?.headers).toMatchObject({
      'notion-version': '2025-09-03',
      authorization: 'Bearer dev-canary-token',
    });
  });

  it.each([
    ['searchPageOrDSByTitle', { query: 'a' }],
    ['searchPageOrDSByTitle', { query: 'a', queryObjectType: 'database' }],
    ['queryDataSource', { dataSourceId: 'd1', pageSize: 101 }],
    ['queryDataSource', { dataSourceId: 'd1', filter: 'Status = Done' }],
    ['queryDataSource', { dataSourceId: '..' }],
    ['getPage', { pageId: '' }],
    ['getPage', { pageId: '..' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect((async () => run(name, input))()).rejects.toThrow();
    expect(api.received).toEqual([]);
  });
});

describe('results of the Notion actions', () => {
  it('say when Notion left out rows of a long table', async () => {
    const status = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' };
    api.response = () => ({ body: { ...aList([aPage('p1')]), request_status: status } });
    const query = { dataSourceId: 'd1' };
    expect(await run('queryDataSource', query)).toMatchObject({
      has_more: false,
      notice: expect.stringContaining('left out'),
    });
    api.response = () => ({
      body: { ...aList([aPage('p1')]), request_status: { type: 'complete' } },
    });
    expect(await run('queryDataSource', query)).not.toHaveProperty('notice');
  });

  it('are lists that keep all fields of the API with their names', async () => {
    api.response = () => ({ body: aList([aPage('p1'), aDataSource], 'c2') });
    expect(await run('queryDataSource', { dataSourceId: 'd1' })).toEqual({
      results: [aPage('p1'), aDataSource],
      next_cursor: 'c2',
      has_more: true,
    });
  });

  it('contain the following pages on request, up to the last one', async () => {
    api.response = ({ body }) => ({
      body: body.includes('"c2"') ? aList([aPage('p2')]) : aList([aPage('p1')], 'c2'),
    });
    const input = { query: 'a', queryObjectType: 'page', all: true };
    expect(await run('searchPageOrDSByTitle', input)).toEqual({
      results: [aPage('p1'), aPage('p2')],
      has_more: false,
    });
    expect(sent().map(({ body }) => body.start_cursor)).toEqual([undefined, 'c2']);
  });

  it('are errors when the response is not a page', async () => {
    api.response = () => ({ body: { object: 'user', id: 'u1' } });
    await expect(run('getPage', { pageId: 'p1' })).rejects.toMatchObject({
      code: 'unexpected_response',
    });
  });
});

describe('errors of the Notion actions', () => {
  const fails = (status: number, code: string, headers = {}) => {
    const body = { object: 'error', status, code, message: 'Shared? Bearer dev-canary-token' };
    api.response = () => ({ status, headers, body: { ...body, request_id: 'r-1' } });
    return run('getPage', { pageId: 'p1' }).catch((error: unknown) => error);
  };

  it('E64: have code, message and request id, without the token', async () => {
    const error = await fails(404, 'object_not_found');
    expect(error).toMatchObject({
      message: 'Notion API error (404): object_not_found: Shared? Bearer […] [request r-1]',
      reason: 'object_not_found',
      whoActs: 'user',
    });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it('state how long to wait after a rate limit', async () => {
    expect(await fails(429, 'rate_limited', { 'retry-after': '30' })).toMatchObject({
      isRateLimit: true,
      retryAfterMs: 30_000,
      whoActs: 'nobody',
    });
  });

  it('say that nobody must act after a conflict of two changes', async () => {
    expect(await fails(409, 'conflict_error')).toMatchObject({ whoActs: 'nobody' });
  });

  it('say that an administrator must act when the shared token lacks a capability', async () => {
    expect(await fails(403, 'restricted_resource')).toMatchObject({ whoActs: 'administrator' });
  });
});

describe('the authentication of the Notion connector', () => {
  it('needs only client id and secret for an OAuth app, and has no scopes', () => {
    const entry = notion.auth?.types[1] ?? '';
    const secrets = { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' };
    const parsed = getSchemaForAuthType(entry).schema.parse(secrets);
    expect(parsed).toMatchObject({
      authorizationUrl: 'https://api.notion.com/v1/oauth/authorize',
      tokenUrl: 'https://api.notion.com/v1/oauth/token',
    });
    expect(parsed['scope']).toBeUndefined();
  });
});
