import { z } from 'zod';
import { defineApi, flag, pageCursor, pageSize, text, texts } from '../../operations/index.ts';

/** Origin of the API. */
export const NOTION_API = 'https://api.notion.com';

/** Declares operations of Notion's API. */
export const { operation } = defineApi({
  name: 'Notion API',
  baseUrl: NOTION_API,
  provider: 'notion',
  headers: { 'Notion-Version': '2025-09-03' },
  naming: 'snake_case',
  errors: {
    message: ['message'],
    code: ['code'],
    // The codes are documented at https://developers.notion.com/reference/status-codes
    actors: { nobody: ['conflict_error'] },
    requestId: ['request_id'],
    requestIdHeader: 'x-notion-request-id',
  },
});

/** Inputs of a list. */
export const listPage = {
  startCursor: pageCursor(1_024, 'next_cursor'),
  pageSize: pageSize('Results', { max: 100, byDefault: 10 }),
};

/** Result and next page of a list. The result has the names of the API, as in Kibana. */
export const listPages = {
  next: 'cursor',
  cursor: 'startCursor',
  path: 'next_cursor',
  hasMore: 'has_more',
  items: 'results',
  // A query and a search return at most 10,000 objects and then say so:
  // https://developers.notion.com/reference/query-a-data-source
  incomplete: { path: 'request_status.type', equals: 'incomplete' },
  names: { items: 'results', nextCursor: 'next_cursor', hasMore: 'has_more' },
} as const;

/** Fields that pages and data sources share. Notion's other fields are kept. */
const entry = z.looseObject({
  id: z.string(),
  ...texts('url', 'created_time', 'last_edited_time'),
  in_trash: flag(),
  parent: z.looseObject({ type: text() }).nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
});

/** A page. Its title is the property of the type `title`. */
export const page = entry.extend({ object: z.literal('page'), public_url: text() });

/** A data source: a table of a database. `properties` is its schema. */
export const dataSource = entry.extend({
  object: z.literal('data_source'),
  title: z.array(z.looseObject({ plain_text: text() })).nullish(),
});
