import type { VendorManifest } from '../../../contract_tests/vendor_api/manifest.ts';
import {
  flag,
  integer,
  jsonFacts,
  list,
  object,
  parameter,
  text,
} from '../../../contract_tests/vendor_api/written_facts.ts';

const DOCS = 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest';
const V66 = '/services/data/v66.0';

/** A record has the fields of its object. */
const record = { type: 'object', additionalProperties: {} };
/** @param locator of the next page, the number of its first record included */
const pageBefore = (locator: string) =>
  object(
    {
      totalSize: integer,
      done: flag,
      nextRecordsUrl: { ...text, const: `${V66}/query/${locator}` },
      records: list(record),
    },
    ['totalSize', 'done', 'records'],
  );
const found = object({ searchRecords: list(record) }, ['searchRecords']);
const q = { ...parameter('query', 'q'), isRequired: true };
const nullable = { type: ['string', 'null'] };
const field = object(
  {
    ...{ name: text, label: text, type: text, relationshipName: nullable, length: integer },
    ...{ nillable: flag, filterable: flag, sortable: flag, custom: flag },
    referenceTo: list(text),
    picklistValues: list(object({ value: text, label: nullable, active: flag })),
  },
  ['name', 'type'],
);
const schema = object(
  {
    ...{ name: text, label: text, keyPrefix: nullable },
    ...{ custom: flag, queryable: flag, searchable: flag },
    fields: list(field),
    childRelationships: list(
      object({ childSObject: text, field: text, relationshipName: nullable }),
    ),
  },
  ['name', 'fields'],
);

/**
 * Operations of Salesforce, which publishes no description. Written from its documentation: a
 * weaker proof. The requests are also compared with those of the client jsforce.
 */
export const documented: NonNullable<VendorManifest['added']> = {
  [`GET ${V66}`]: {
    source: `${DOCS}/resources_discoveryresource.htm`,
    facts: jsonFacts({ type: 'object', additionalProperties: text }),
  },
  [`GET ${V66}/query`]: {
    source: `${DOCS}/resources_query.htm`,
    facts: jsonFacts(pageBefore('01g000000000001-2000'), { parameters: [q] }),
  },
  [`GET ${V66}/search`]: {
    source: `${DOCS}/resources_search.htm`,
    facts: jsonFacts(found, { parameters: [q] }),
  },
  [`GET ${V66}/sobjects/{sObject}/describe`]: {
    source: `${DOCS}/resources_sobject_describe.htm`,
    facts: jsonFacts(schema, { parameters: [parameter('path', 'sObject')] }),
  },
  [`GET ${V66}/sobjects/{sObject}/{id}`]: {
    source: `${DOCS}/resources_sobject_retrieve_get.htm`,
    facts: jsonFacts(record, {
      parameters: [
        parameter('path', 'sObject'),
        parameter('path', 'id'),
        parameter('query', 'fields'),
      ],
    }),
  },
  [`GET ${V66}/sobjects/ContentVersion/{id}/VersionData`]: {
    source: `${DOCS}/resources_sobject_blob_retrieve.htm`,
    facts: {
      parameters: [parameter('path', 'id')],
      body: undefined,
      responses: [
        { status: 200, contentType: 'application/octet-stream', schema: { type: 'string' } },
      ],
    },
  },
  // The next page of a query or a search, at the path that the page before names.
  'GET /services/data/{path}': {
    source: `${DOCS}/resources_query_more_results.htm`,
    facts: jsonFacts(pageBefore('01g000000000001-4000'), {
      parameters: [
        {
          ...parameter('path', 'path', { ...text, pattern: '^v\\d+\\.0/(query|search)/[\\w-]+$' }),
          isMultiSegment: true,
        },
      ],
    }),
  },
};
