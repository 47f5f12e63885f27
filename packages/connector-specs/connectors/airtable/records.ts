import { z } from 'zod';
import { composed, option, optionalText, pageSize, textOf } from '../../operations/index.ts';
import { offset, operation, pagesOf, record, recordId, tableOf } from './airtable_api.ts';

const fieldName = () => textOf(255);
/** Cells by field. A table of Airtable has at most 500 fields. */
const cells = z
  .record(fieldName(), z.unknown())
  .refine((fields) => Object.keys(fields).length <= 500, 'has more than 500 fields');
const typecast = option(
  'true: converts texts to the types of the fields, and adds missing options',
);

/**
 * Maximum length of the inputs of a list in the URL. Airtable refuses URLs of more than 16,000
 * characters, and many proxies those of more than 8,000:
 * https://support.airtable.com/docs/enforcement-of-url-length-limit-for-web-api-requests
 */
const MAX_QUERY_LENGTH = 7_000;
const list = {
  input: {
    ...tableOf,
    filterByFormula: optionalText(4_000).describe(
      'Formula that is true for the wanted records, for example {Status} = "Done"',
    ),
    view: fieldName().optional().describe('Id or name of a view: only its records, in its order'),
    fields: z.array(fieldName()).max(20).optional().describe('Only these fields, by name or id'),
    sort: z
      .array(
        z.strictObject({ field: fieldName(), direction: z.enum(['asc', 'desc']).default('asc') }),
      )
      .max(5)
      .optional()
      .describe('Order: fields with direction asc or desc'),
    pageSize: pageSize('Records', { max: 100, byDefault: 100 }),
    offset: offset(),
  },
  output: record,
  pages: pagesOf('records'),
} as const;
const listByQuery = operation('GET /{baseId}/{tableIdOrName}', {
  ...list,
  wire: { sort: { list: 'indexed' } },
});
const listByBody = operation('POST /{baseId}/{tableIdOrName}/listRecords', {
  ...list,
  isQuery: true,
});

/** Actions for records. */
export const recordActions = {
  listRecords: composed([listByQuery, listByBody], {
    description:
      'Lists records of a table, all or those that match a formula, a page at a time. Empty cells are missing. Use getBaseSchema for the names of fields. Airtable permits 5 calls per second and base.',
    input: listByQuery.input,
    output: listByQuery.output,
    handler: (context, input) => {
      const isLong = encodeURIComponent(JSON.stringify(input)).length > MAX_QUERY_LENGTH;
      return (isLong ? listByBody : listByQuery).call(context, input);
    },
  }),
  getRecord: operation('GET /{baseId}/{tableIdOrName}/{recordId}', {
    description: 'Reads one record of a table with all its fields. Empty cells are missing.',
    input: { ...tableOf, recordId: recordId() },
    output: record,
  }),
  createRecords: operation('POST /{baseId}/{tableIdOrName}', {
    scope: 'write',
    description:
      'Creates up to 10 records in a table, all or none. Returns them with their ids. A value that does not fit the type of its field is an error unless typecast is true.',
    input: {
      ...tableOf,
      records: z
        .array(z.strictObject({ fields: cells }))
        .min(1)
        .max(10)
        .describe('Records with their cells by the names of fields, max 10'),
      typecast,
    },
    output: z.object({ records: z.array(record) }),
  }),
  updateRecords: operation('PATCH /{baseId}/{tableIdOrName}', {
    description:
      'Overwrites cells of up to 10 records, all or none. Other cells keep their values; null empties a cell. Returns the records. The former values are lost.',
    input: {
      ...tableOf,
      records: z
        .array(z.strictObject({ id: recordId(), fields: cells }))
        .min(1)
        .max(10)
        .describe('Ids of records with the cells to overwrite, max 10'),
      typecast,
    },
    output: z.object({ records: z.array(record) }),
    isRepeatable: true,
  }),
  deleteRecord: operation('DELETE /{baseId}/{tableIdOrName}/{recordId}', {
    description:
      'Deletes one record of a table. Users can restore it in Airtable for some days. Returns { id, deleted }.',
    input: { ...tableOf, recordId: recordId() },
    output: z.object({ id: z.string(), deleted: z.boolean() }),
  }),
};
