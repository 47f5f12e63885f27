import { EgressError } from '@latchkey/egress/errors';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi, type Pages } from './index.ts';
import { aContext, type SampleResponse } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation } = defineApi({ name: 'Sample API', baseUrl: BASE, naming: 'snake_case' });
const input = {
  cursor: z.union([z.string().max(2_048), z.int()]).optional(),
  pageSize: z.int().default(2),
};

const list = (pages: Pages<keyof typeof input>) =>
  operation('GET /items', {
    scope: 'read',
    description: 'Lists.',
    input,
    output: z.object({ id: z.number() }),
    pages,
  });

const items = (...ids: number[]) => ids.map((id) => ({ id }));
const CURSOR = { next: 'cursor', cursor: 'cursor', path: 'meta.next', items: 'items' } as const;
const LINK = { next: 'link', cursor: 'cursor', parameter: 'page', items: '' } as const;
const URL_IN_BODY = { next: 'url', cursor: 'cursor', path: 'next', items: 'items' } as const;
const PAGE = { next: 'page', cursor: 'cursor', size: 'pageSize', items: 'items' } as const;
const OFFSET = { next: 'offset', cursor: 'cursor', size: 'pageSize', items: 'items' } as const;
const linkTo = (url: string, rel = 'next') => ({
  link: `<${BASE}/x>; rel="prev", <${url}>; rel="${rel}"`,
});

describe('the result of an operation with pages', () => {
  const named = operation('POST /search', {
    scope: 'read',
    isQuery: true,
    description: 'Finds.',
    input,
    output: z.object({ id: z.number() }),
    pages: {
      ...CURSOR,
      isListOptional: true,
      names: { items: 'results', nextCursor: 'next_cursor', hasMore: 'has_more' },
    },
  });

  it('uses the field names that the operation declares', async () => {
    const { context } = aContext([
      { body: { items: items(1), meta: { next: 'c2' } } },
      { body: { items: items(2), meta: { next: null } } },
    ]);
    const page = await named.call(context, {});
    expect(page).toEqual({ results: items(1), next_cursor: 'c2', has_more: true });
    expect(named.output?.parse(page)).toEqual(page);
    const { results, has_more: hasMore } = await named.call(context, { cursor: 'c2' });
    expect({ results, hasMore }).toEqual({ results: items(2), hasMore: false });
  });

  it('has an empty list when the API omits an optional list', async () => {
    const { context } = aContext([{ body: {} }, { body: '<html>' }, { body: {} }]);
    expect(await named.call(context, {})).toEqual({ results: [], has_more: false });
    const unexpected = { code: 'unexpected_response' };
    await expect(named.call(context, {})).rejects.toMatchObject(unexpected);
    await expect(list(CURSOR).call(context, {})).rejects.toMatchObject(unexpected);
  });

  it('begins at the first page for an empty cursor, even in a JSON body', async () => {
    const { context, sent } = aContext([{ body: {} }]);
    await named.call(context, { cursor: '' });
    expect(sent[0]?.body).toBe('{"page_size":2}');
  });
});

describe('the next page of an operation', () => {
  it.each([
    ['a cursor', CURSOR, { body: { items: items(1), meta: { next: 'c2' } } }],
    ['a link', LINK, { body: items(1), headers: linkTo(`${BASE}/other/7?page=c2&x=1`) }],
  ])('is requested with the value of %s', async (_, pages, response) => {
    const { context, sent } = aContext([response]);
    expect(await list(pages).call(context, {})).toEqual({ items: items(1), nextCursor: 'c2' });
    await list(pages).call(context, { cursor: 'c2' });
    const name = pages.next === 'link' ? 'page' : 'cursor';
    expect(new URL(String(sent[1]?.url)).search).toMatch(new RegExp(`[?&]${name}=c2(&|$)`));
    expect(sent[1]?.url).toMatch(/^https:\/\/api\.sample\.test\/v1\/items\?/);
  });

  it.each([
    ['after=Y3=&page=2', 'after=Y3=', 'after=Y3%3D'],
    ['page=2', 'page=2', 'page=2'],
  ])(
    'is requested with the first of several possible parameters of a link with %s',
    async (query, ...rest) => {
      const [nextCursor, sentQuery] = rest;
      const { context, sent } = aContext([
        { body: items(1), headers: linkTo(`${BASE}/x?${query}`) },
      ]);
      const pages = { ...LINK, parameter: ['after', 'page'] } as const;
      const page = await list(pages).call(context, {});
      expect(page.nextCursor).toBe(nextCursor);
      await list(pages).call(context, { cursor: nextCursor });
      expect(sent[1]?.url).toBe(`${BASE}/items?page_size=2&${sentQuery}`);
    },
  );

  it.each([PAGE, OFFSET])('is requested by a number: %j', async (pages) => {
    const { context, sent } = aContext([{ body: { items: items(1, 2) } }]);
    expect(await list(pages).call(context, {})).toMatchObject({ nextCursor: 2 });
    await list(pages).call(context, { cursor: 2 });
    expect(sent.map(({ url }) => url)).toEqual([
      `${BASE}/items?page_size=2`,
      `${BASE}/items?cursor=2&page_size=2`,
    ]);
  });

  it.each([`${BASE}/items?t=1`, '/v1/items?t=1'])('is requested by the URL %s', async (next) => {
    const { context, sent } = aContext([{ body: { items: items(1), next } }]);
    const page = await list(URL_IN_BODY).call(context, {});
    expect(page.nextCursor).toBe('/v1/items?t=1');
    await list(URL_IN_BODY).call(context, { cursor: '/v1/items?t=1' });
    expect(sent[1]?.url).toBe(`${BASE}/items?t=1`);
  });

  it('is requested by a URL with another path if the API permits any path', async () => {
    const pages = { ...URL_IN_BODY, path: '@odata\\.nextLink', isAnyPath: true } as const;
    const next = `${BASE}/items('1')/list?t=1`;
    const { context, sent } = aContext([{ body: { items: items(1), '@odata.nextLink': next } }]);
    expect(await list(pages).call(context, {})).toEqual({ items: items(1), nextCursor: next });
    await list(pages).call(context, { cursor: next });
    expect(sent[1]?.url).toBe(next);
    for (const cursor of [
      'x',
      '/v1/items?t=1',
      'https://evil.test/v1/items',
      '/v1/../admin',
      'https://x@evil.test',
    ])
      await expect(list(pages).call(context, { cursor })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    expect(sent).toHaveLength(2);
  });

  it.each<[string, Pages<keyof typeof input>, SampleResponse]>([
    ['null', CURSOR, { body: { items: [], meta: { next: null } } }],
    ['an empty text', CURSOR, { body: { items: [], meta: { next: '' } } }],
    ['an absent cursor', CURSOR, { body: { items: [] } }],
    [
      'has_more: false',
      { ...CURSOR, hasMore: 'more' },
      { body: { items: [], more: false, meta: { next: 'c' } } },
    ],
    ['no link', LINK, { body: [] }],
    [
      'a link with another relation',
      LINK,
      { body: [], headers: linkTo(`${BASE}/x?page=2`, 'last') },
    ],
    [
      'a link to no results',
      LINK,
      { body: [], headers: { link: `<${BASE}/x?page=2>; rel="next"; results="false"` } },
    ],
    // The time must not grow with the square of the length, or this takes a minute.
    ['a link header of very many `<`', LINK, { body: [], headers: { link: '<'.repeat(300_000) } }],
    ['no URL', URL_IN_BODY, { body: { items: [], next: null } }],
    ['a page that is not full', PAGE, { body: { items: items(1) } }],
    ['all items', { ...PAGE, total: 'total' }, { body: { items: items(1, 2), total: 2 } }],
    [
      'the last page that the API permits',
      { ...PAGE, maxTotal: 3 },
      { body: { items: items(1, 2) } },
    ],
    ['an empty list', { ...OFFSET, total: 'total' }, { body: { items: [], total: 9 } }],
  ])('does not exist after a response with %s', async (_, pages, response) => {
    const page = await list(pages).call(aContext([response]).context, {});
    expect(page).not.toHaveProperty('nextCursor');
  });

  it.each([
    ['page', 'page'],
    [['after', 'page'], 'after,page'],
  ] as const)('is an error when the link lacks its parameter %j', async (parameter, named) => {
    const { context } = aContext([{ body: items(1), headers: linkTo(`${BASE}/x?id_after=7`) }]);
    await expect(list({ ...LINK, parameter }).call(context, {})).rejects.toThrow(
      `links to a next page without [${named}]`,
    );
  });

  it.each([
    'https://evil.test/v1/items?page=2',
    'https://api.sample.test:8443/v1/items?page=2',
    'http://api.sample.test/v1/items?page=2',
    'https://user@api.sample.test/v1/items?page=2',
    '//evil.test/v1/items?page=2',
    'https://api.sample.test/admin?page=2',
    'https://api.sample.test/v1/../admin?page=2',
    'not a url:',
  ])('is not requested at the URL %j', async (url) => {
    const fromHeader = aContext([{ body: items(1), headers: linkTo(url) }]);
    await expect(list(LINK).call(fromHeader.context, { all: true })).rejects.toThrow(
      'another host',
    );
    const fromBody = aContext([{ body: { items: items(1), next: url } }]);
    await expect(list(URL_IN_BODY).call(fromBody.context, { all: true })).rejects.toThrow(
      'another host',
    );
    expect([fromHeader.sent.length, fromBody.sent.length]).toEqual([1, 1]);
  });

  it.each([
    'https://evil.test/v1/items',
    '//evil.test',
    '/v1/../admin',
    'https://api.sample.test/',
    '/v1/items/1?page=2',
    '/v1/users',
  ])('is not requested at the URL %j that a caller passes', async (cursor) => {
    const { context, sent } = aContext([{ body: { items: [] } }]);
    await expect(list(URL_IN_BODY).call(context, { cursor })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(sent).toEqual([]);
  });
});

describe('all pages of an operation', () => {
  const page = (next: string | null, ...ids: number[]): SampleResponse => ({
    body: { items: items(...ids), meta: { next }, total: 9 },
  });

  it('are read until the last one', async () => {
    const { context, sent } = aContext([page('a', 1, 2), page('b', 3), page(null, 4)]);
    const result = await list({ ...CURSOR, total: 'total' }).call(context, { all: true });
    expect(result).toEqual({ items: items(1, 2, 3, 4), total: 9 });
    expect(sent.map(({ url }) => new URL(url).searchParams.get('cursor'))).toEqual([
      null,
      'a',
      'b',
    ]);
  });

  it('are read up to the maximum, and the result has the cursor of the remaining items', async () => {
    const { context, sent } = aContext([page('a', 1, 2), page('b', 3, 4), page('c', 5)]);
    const result = await list({ ...CURSOR, maxItems: 3 }).call(context, { all: true });
    expect(result).toEqual({ items: items(1, 2, 3, 4), nextCursor: 'b' });
    expect(sent).toHaveLength(2);
  });

  it('are not read endlessly when the API repeats a cursor', async () => {
    const { context, sent } = aContext([page('a', 1)]);
    await expect(list(CURSOR).call(context, { all: true })).rejects.toThrow(
      'repeats the same page',
    );
    expect(sent).toHaveLength(2);
  });

  it('are not read endlessly when the API repeats two cursors in turn', async () => {
    const { context, sent } = aContext([page('a', 1), page('b', 2), page('a', 3), page('b', 4)]);
    await expect(list(CURSOR).call(context, { all: true })).rejects.toThrow(
      'repeats the same page',
    );
    expect(sent).toHaveLength(3);
  });

  it.each<SampleResponse | Error>([
    { status: 429, headers: { 'retry-after': '60' } },
    new EgressError('timeout', 'slow', 'api.sample.test'),
  ])(
    'are returned up to the page that could not be read because of a temporary failure',
    async (failure) => {
      const { context } = aContext([page('a', 1, 2), page('b', 3), failure]);
      const result = await list(CURSOR).call(context, { all: true });
      expect(result).toEqual({ items: items(1, 2, 3), nextCursor: 'b' });
    },
  );

  it('are not returned when the first page fails, the input is invalid, or the caller aborts', async () => {
    const limited = { status: 429, headers: { 'retry-after': '60' } };
    for (const { context } of [
      aContext([limited]),
      aContext([page('a', 1), { status: 400 }]),
      aContext([page('a', 1), limited], { signal: AbortSignal.abort() }),
    ]) {
      await expect(list(CURSOR).call(context, { all: true })).rejects.toThrow('Sample API');
    }
  });
});

describe('a list that the API returns only in part', () => {
  const limited = list({ ...CURSOR, total: 'total', limit: { maxTotal: 5, size: 'pageSize' } });
  const pageTo = (next: string, ...ids: number[]) => ({
    body: { items: items(...ids), total: 9, meta: { next } },
  });
  const notice =
    'The service returns only the first 5 of 9 items. A more specific search returns others.';

  it('ends at the maximum of the API, with a notice', async () => {
    const { context, sent } = aContext([pageTo('2', 1, 2), pageTo('4', 3, 4), pageTo('5', 5)]);
    const page = await limited.call(context, { all: true });
    expect(page).toEqual({ items: items(1, 2, 3, 4, 5), total: 9, notice });
    expect(limited.output?.parse(page)).toEqual(page);
    // The last page asks only for the remaining items.
    expect(sent.map(({ url }) => String(url).slice(BASE.length))).toEqual([
      '/items?page_size=2',
      '/items?cursor=2&page_size=2',
      '/items?cursor=4&page_size=1',
    ]);
  });

  it('has no notice before the last page, nor if the API returns all items', async () => {
    const { context } = aContext([pageTo('2', 1, 2), { body: { items: items(1), total: 1 } }]);
    expect(await limited.call(context, {})).not.toHaveProperty('notice');
    expect(await limited.call(context, {})).toEqual({ items: items(1), total: 1 });
  });

  it('refuses a page after the end of the list, and sends no request', async () => {
    const { context, sent } = aContext([]);
    await expect(limited.call(context, { cursor: '5' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'the service returns only the first 5 items: use a more specific search',
    });
    expect(sent).toEqual([]);
  });

  it('has a notice when the pages are numbered', async () => {
    const { context } = aContext([{ body: { items: items(5, 6), total: 9 } }]);
    const numbered = list({ ...PAGE, total: 'total', maxTotal: 6 });
    expect(await numbered.call(context, { cursor: 3 })).toMatchObject({
      notice: expect.stringContaining('only the first 6 of 9 items'),
    });
  });

  it('has a notice if the API says for one of its pages that it left out items', async () => {
    const partial = list({ ...CURSOR, incomplete: { path: 'status.type', equals: 'incomplete' } });
    const pageWith = (type: string, next: string | null, id: number) => ({
      body: { items: items(id), status: { type }, meta: { next } },
    });
    const { context } = aContext([
      pageWith('complete', '2', 1),
      pageWith('incomplete', '3', 2),
      { body: { items: items(3) } },
      { body: { items: items(4) } },
    ]);
    const page = await partial.call(context, { all: true });
    expect(page).toEqual({
      items: items(1, 2, 3),
      notice: 'The service left out items of this list. A more specific search returns others.',
    });
    expect(partial.output?.parse(page)).toEqual(page);
    expect(await partial.call(context, {})).toEqual({ items: items(4) });
  });
});
