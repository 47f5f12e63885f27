import { z } from 'zod';
import { composed, flag, text, textOf } from '../../operations/index.ts';
import {
  nextRecordsUrl,
  operation,
  record,
  recordId,
  sobjectName,
  VERSION,
} from './salesforce_api.ts';

/** Output and paging of all lists of records. A call with `all` reads at most 10,000 records. */
const records = {
  output: record,
  pages: {
    next: 'url',
    cursor: 'nextRecordsUrl',
    path: 'nextRecordsUrl',
    isAnyPath: true,
    cursorForm: 'path',
    items: 'records',
    total: 'totalSize',
    maxItems: 10_000,
    names: { items: 'records', nextCursor: 'nextRecordsUrl', total: 'totalSize', isLast: 'done' },
  },
} as const;

const found = z.object({ searchRecords: z.array(record).nullish() });
const nextPage = z.object({
  records: z.array(record).nullish(),
  done: flag(),
  nextRecordsUrl: text(),
});

/** Characters that have a meaning in a search term of SOSL. */
const RESERVED = /[?&|!{}[\]()^~*:\\"'+-]/g;
const FIELD_LIST = String.raw`[A-Za-z0-9_]+(\([A-Za-z0-9_]+(, ?[A-Za-z0-9_]+)*\))?`;

const runSearch = operation(`GET ${VERSION}/search`, { input: { q: z.string() }, output: found });
const readNextPage = operation('GET /services/data/{path}', {
  input: { path: z.string() },
  multiSegment: ['path'],
  output: nextPage,
});

/** Actions that find and read records. The names are those of Kibana. */
export const recordActions = {
  query: operation(`GET ${VERSION}/query`, {
    ...records,
    description:
      'Runs a SOQL query and returns the records that the user can see, up to 2000 per page, with nextRecordsUrl if there are more. Use describe to find out the fields of an object.',
    input: {
      soql: textOf(20_000).describe(
        'Query in SOQL, for example: SELECT Id, Name FROM Account LIMIT 10',
      ),
      nextRecordsUrl: nextRecordsUrl(),
    },
    wire: { soql: 'q' },
  }),
  get_record: operation(`GET ${VERSION}/sobjects/{sobjectName}/{recordId}`, {
    description: 'Reads one record with all fields that the user can see.',
    input: { sobjectName: sobjectName(), recordId: recordId().describe('Id of the record') },
    output: record,
  }),
  list_records: operation(`GET ${VERSION}/query`, {
    ...records,
    description:
      'Lists up to 2000 records of one object with its standard fields. Use query for more, a filter, an order or custom fields.',
    input: {
      sobjectName: sobjectName(),
      limit: z.int().min(1).max(2_000).default(50).describe('Records, max 2000'),
      nextRecordsUrl: nextRecordsUrl(),
    },
    wire: {
      sobjectName: { name: 'q', template: 'SELECT FIELDS(STANDARD) FROM {value}' },
      limit: { appendTo: 'sobjectName', template: ' LIMIT {value}' },
    },
  }),
  search: composed([runSearch, readNextPage], {
    description:
      'Searches the text fields of several objects with one request and returns up to 2000 records. A new record is found after some minutes. Use query to filter one object exactly.',
    input: z.strictObject({
      searchTerm: z.string().min(2).max(1_000).describe('Words to search for, as plain text'),
      returning: z
        .string()
        .max(2_000)
        .regex(new RegExp(`^${FIELD_LIST}(, ?${FIELD_LIST})*$`))
        .describe('Objects and fields to return, for example: Account(Id, Name), Contact'),
      nextRecordsUrl: nextRecordsUrl(),
    }),
    output: found.extend(nextPage.shape),
    handler: (context, { searchTerm, returning, nextRecordsUrl: link }) => {
      if (link !== undefined)
        return readNextPage.call(context, { path: link.slice('/services/data/'.length) });
      const term = searchTerm.replace(RESERVED, '\\$&');
      const q = `FIND {${term}} IN ALL FIELDS RETURNING ${returning}`;
      return runSearch.call(context, { q });
    },
  }),
};
