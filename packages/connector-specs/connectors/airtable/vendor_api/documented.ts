import type { VendorManifest } from '../../../contract_tests/vendor_api/manifest.ts';
import {
  flag,
  jsonFacts,
  list,
  object,
  parameter,
  text,
} from '../../../contract_tests/vendor_api/written_facts.ts';

const DOCS = 'https://airtable.com/developers/web/api';

const operation = (source: string, ...facts: Parameters<typeof jsonFacts>) => ({
  source: `${DOCS}/${source}`,
  facts: jsonFacts(...facts),
});

const base = parameter('path', 'baseId');
const table = [base, parameter('path', 'tableIdOrName')];
const one = [...table, parameter('path', 'recordId')];
const cells = { type: 'object', additionalProperties: {} };
const record = object({ id: text, createdTime: text, fields: cells }, [
  'id',
  'createdTime',
  'fields',
]);
const records = object({ records: list(record) }, ['records']);
const written = (properties: Readonly<Record<string, object>>) =>
  object(
    {
      records: {
        ...list({ ...object(properties, Object.keys(properties)), additionalProperties: false }),
        maxItems: 10,
      },
      typecast: flag,
    },
    ['records'],
  );
const named = { id: text, name: text, type: text };
/**
 * Query parameters of a sort order, which is a list of objects: one parameter per item and field.
 */
const sort = [0, 1, 2, 3, 4].flatMap((index) => [
  parameter('query', `sort[${index}][field]`),
  parameter('query', `sort[${index}][direction]`, { enum: ['asc', 'desc'] }),
]);

/**
 * Operations of Airtable, which publishes no description of its API. They are written from its
 * documentation, so the comparison with them proves less. Requests for records are also compared
 * with those of Airtable's SDK.
 */
export const documented: NonNullable<VendorManifest['added']> = {
  'GET /meta/whoami': operation(
    'get-user-id-scopes',
    object({ id: text, email: text, scopes: list(text) }, ['id']),
  ),
  'GET /meta/bases': operation(
    'list-bases',
    object(
      {
        bases: list(object({ id: text, name: text, permissionLevel: text }, ['id', 'name'])),
        offset: text,
      },
      ['bases'],
    ),
    { parameters: [parameter('query', 'offset')] },
  ),
  'GET /meta/bases/{baseId}/tables': operation(
    'get-base-schema',
    object(
      {
        tables: list(
          object(
            {
              ...{ id: text, name: text, description: text, primaryFieldId: text },
              fields: list(
                object({ ...named, description: text, options: cells }, ['id', 'name', 'type']),
              ),
              views: list(object(named, ['id', 'name', 'type'])),
            },
            ['id', 'name', 'primaryFieldId', 'fields', 'views'],
          ),
        ),
      },
      ['tables'],
    ),
    { parameters: [base] },
  ),
  'GET /{baseId}/{tableIdOrName}': operation(
    'list-records',
    object({ records: list(record), offset: text }, ['records']),
    {
      parameters: [
        ...table,
        ...['filterByFormula', 'view', 'offset'].map((name) => parameter('query', name)),
        parameter('query', 'fields[]', list(text)),
        parameter('query', 'pageSize', { type: 'integer', minimum: 1, maximum: 100 }),
        ...sort,
      ],
    },
  ),
  'POST /{baseId}/{tableIdOrName}/listRecords': operation(
    'list-records',
    object({ records: list(record), offset: text }, ['records']),
    {
      parameters: table,
      body: object({
        ...{ filterByFormula: text, view: text, offset: text, fields: list(text) },
        pageSize: { type: 'integer', minimum: 1, maximum: 100 },
        sort: list({
          ...object({ field: text, direction: { enum: ['asc', 'desc'] } }, ['field']),
          additionalProperties: false,
        }),
      }),
    },
  ),
  'POST /{baseId}/{tableIdOrName}': operation('create-records', records, {
    parameters: table,
    body: written({ fields: cells }),
  }),
  'PATCH /{baseId}/{tableIdOrName}': operation('update-multiple-records', records, {
    parameters: table,
    body: written({ id: text, fields: cells }),
  }),
  'GET /{baseId}/{tableIdOrName}/{recordId}': operation('get-record', record, { parameters: one }),
  'DELETE /{baseId}/{tableIdOrName}/{recordId}': operation(
    'delete-record',
    object({ id: text, deleted: flag }, ['id', 'deleted']),
    { parameters: one },
  ),
};
