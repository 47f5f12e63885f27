import { z } from 'zod';
import type { ActionContext } from '../../contract/types.ts';
import { textOf } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import {
  API,
  nextRecordsUrl,
  operation,
  record,
  recordId,
  sobjectName,
  VERSION,
} from './salesforce_api.ts';

const reading = { scope: 'read', ...API } as const;
const recordsPage = z.object({
  totalSize: z.number().nullish(),
  done: z.boolean().nullish(),
  nextRecordsUrl: z.string().nullish(),
  records: z.array(record),
});
const searchPage = z.object({
  searchRecords: z.array(record).nullish(),
  records: z.array(record).nullish(),
  done: z.boolean().nullish(),
  nextRecordsUrl: z.string().nullish(),
});

/** Operations that the handlers call. */
const recordOperations = {
  runQuery: operation(`GET ${VERSION}/query`, {
    ...reading,
    input: { q: z.string() },
    output: recordsPage,
  }),
  runSearch: operation(`GET ${VERSION}/search`, {
    ...reading,
    input: { q: z.string() },
    output: searchPage,
  }),
  readNextPage: operation('GET /services/data/{path}', {
    ...reading,
    input: { path: z.string() },
    multiSegment: ['path'],
    output: z.union([recordsPage, searchPage]),
  }),
};

/** The first page of a list, or the page that a link of the previous one names. */
const pageOf = (
  context: ActionContext,
  link: string | undefined,
  first: () => Promise<unknown>,
): Promise<unknown> =>
  link === undefined
    ? first()
    : recordOperations.readNextPage.call(context, { path: link.slice('/services/data/'.length) });

const query = defineAction({
  input: z.strictObject({
    soql: textOf(20_000).describe(
      'Query in SOQL, for example: SELECT Id, Name FROM Account LIMIT 10',
    ),
    nextRecordsUrl: nextRecordsUrl(),
  }),
  output: recordsPage,
  isTool: true,
  scope: 'read',
  description:
    'Runs a SOQL query and returns the records that the user can see, up to 2000 per page, with nextRecordsUrl if there are more. Use describe to find out the fields of an object.',
  ...API,
  handler: (context, { soql, nextRecordsUrl: link }) =>
    pageOf(context, link, () => recordOperations.runQuery.call(context, { q: soql })),
});

/** Characters that have a meaning in a search term of SOSL. */
const RESERVED = /[?&|!{}[\]()^~*:\\"'+-]/g;
const FIELD_LIST = String.raw`[A-Za-z0-9_]+(\([A-Za-z0-9_]+(, ?[A-Za-z0-9_]+)*\))?`;

const search = defineAction({
  input: z.strictObject({
    searchTerm: z.string().min(2).max(1_000).describe('Words to search for, as plain text'),
    returning: z
      .string()
      .max(2_000)
      .regex(new RegExp(`^${FIELD_LIST}(, ?${FIELD_LIST})*$`))
      .describe('Objects and fields to return, for example: Account(Id, Name), Contact'),
    nextRecordsUrl: nextRecordsUrl(),
  }),
  output: searchPage,
  isTool: true,
  scope: 'read',
  description:
    'Searches the text fields of several objects at once and returns up to 2000 records. A new record is found after some minutes. Use query to filter one object exactly.',
  ...API,
  handler: (context, { searchTerm, returning, nextRecordsUrl: link }) =>
    pageOf(context, link, () => {
      const term = searchTerm.replace(RESERVED, '\\$&');
      const q = `FIND {${term}} IN ALL FIELDS RETURNING ${returning}`;
      return recordOperations.runSearch.call(context, { q });
    }),
});

/** Actions that find and read records. The names are those of Kibana. */
export const recordActions = {
  query,
  get_record: operation(`GET ${VERSION}/sobjects/{sobjectName}/{recordId}`, {
    description: 'Reads one record with all fields that the user can see.',
    input: { sobjectName: sobjectName(), recordId: recordId().describe('Id of the record') },
    output: record,
    ...API,
  }),
  list_records: defineAction({
    input: z.strictObject({
      sobjectName: sobjectName(),
      limit: z.int().min(1).max(2_000).default(50).describe('Records, max 2000'),
      nextRecordsUrl: nextRecordsUrl(),
    }),
    output: recordsPage,
    isTool: true,
    scope: 'read',
    description:
      'Lists up to 2000 records of one object with its standard fields. Use query for more, a filter, an order or custom fields.',
    ...API,
    handler: (context, { sobjectName: name, limit, nextRecordsUrl: link }) =>
      pageOf(context, link, () =>
        recordOperations.runQuery.call(context, {
          q: `SELECT FIELDS(STANDARD) FROM ${name} LIMIT ${limit}`,
        }),
      ),
  }),
  search,
};
