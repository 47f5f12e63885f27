import { z } from 'zod';
import { defineApi, pageCursor, text, textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const AIRTABLE_API = 'https://api.airtable.com';

/** Declares operations of Airtable's Web API. Some of its errors have a code, but no message. */
export const { operation } = defineApi({
  name: 'Airtable API',
  baseUrl: `${AIRTABLE_API}/v0`,
  provider: 'airtable',
  lists: 'brackets',
  oauthScopes: { read: ['data.records:read'], change: ['data.records:write'] },
  errors: {
    message: ['error.message', 'errors.*.message'],
    code: ['error.type', 'error', 'errors.*.error'],
    // The calls of the month are used up. The status is 429, as for requests that are too frequent.
    actors: { administrator: ['PUBLIC_API_BILLING_LIMIT_EXCEEDED'] },
  },
});

const id = (prefix: string) =>
  z
    .string()
    .max(64)
    .regex(new RegExp(`^${prefix}\\w+$`))
    .meta({ examples: [`${prefix}Wt3mSqYbpKr0Ab`] });

/** Inputs that select a base. */
export const baseOf = {
  baseId: id('app').describe('Id of the base, as in the result of listBases'),
};

/** Inputs that select a table. */
export const tableOf = {
  ...baseOf,
  tableIdOrName: textOf(255).describe('Id or name of the table'),
};

/** Id of a record. */
export const recordId = () => id('rec').describe('Id of the record');

/** Input that selects a page of a list. */
export const offset = () => pageCursor(1_024, 'offset');

/** Where requests, responses and results of a list have the items and the cursor. */
export const pagesOf = <const Items extends string>(items: Items) =>
  ({
    next: 'cursor',
    cursor: 'offset',
    path: 'offset',
    items,
    names: { items, nextCursor: 'offset' },
  }) as const;

/** A record. `fields` has the cells by the names of their fields, without empty cells. */
export const record = z.object({
  id: z.string(),
  createdTime: text(),
  fields: z.record(z.string(), z.unknown()),
});
