import { z } from 'zod';
import { textOf } from '../../operations/index.ts';
import { offset, operation, pagesOf, record, recordId, tableOf } from './airtable_api.ts';

const READ = ['data.records:read'];
const WRITE = ['data.records:write'];

const fieldName = () => textOf(255);
/** Cells by field. A table of Airtable has at most 500 fields. */
const cells = z
  .record(fieldName(), z.unknown())
  .refine((fields) => Object.keys(fields).length <= 500, 'has more than 500 fields');
const typecast = z
  .boolean()
  .optional()
  .describe('true: converts texts to the types of the fields, and adds missing options');

/** Actions for records. */
export const recordActions = {
  listRecords: operation('GET /{baseId}/{tableIdOrName}', {
    description:
      'Lists records of a table, all or those that match a formula, a page at a time. Empty cells are missing. Use getBaseSchema for the names of fields. Airtable permits 5 calls per second and base.',
    input: {
      ...tableOf,
      filterByFormula: z
        .string()
        .max(4_000)
        .optional()
        .describe('Formula that is true for the wanted records, for example {Status} = "Done"'),
      view: fieldName().optional().describe('Id or name of a view: only its records, in its order'),
      fields: z.array(fieldName()).max(20).optional().describe('Only these fields, by name or id'),
      sort: z
        .array(
          z.strictObject({ field: fieldName(), direction: z.enum(['asc', 'desc']).default('asc') }),
        )
        .max(5)
        .optional()
        .describe('Order: fields with direction asc or desc'),
      pageSize: z.int().min(1).max(100).default(100).describe('Records per page, max 100'),
      offset: offset(),
    },
    wire: { sort: { list: 'indexed' } },
    output: record,
    pages: pagesOf('records'),
    oauthScopes: READ,
  }),
  getRecord: operation('GET /{baseId}/{tableIdOrName}/{recordId}', {
    description: 'Reads one record of a table with all its fields. Empty cells are missing.',
    input: { ...tableOf, recordId: recordId() },
    output: record,
    oauthScopes: READ,
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
    oauthScopes: WRITE,
  }),
  updateRecords: operation('PATCH /{baseId}/{tableIdOrName}', {
    scope: 'destroy',
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
    oauthScopes: WRITE,
    isRepeatable: true,
  }),
  deleteRecord: operation('DELETE /{baseId}/{tableIdOrName}/{recordId}', {
    scope: 'destroy',
    description:
      'Deletes one record of a table. Users can restore it in Airtable for some days. Returns { id, deleted }.',
    input: { ...tableOf, recordId: recordId() },
    output: z.object({ id: z.string(), deleted: z.boolean() }),
    oauthScopes: WRITE,
    isRepeatable: true,
  }),
};
