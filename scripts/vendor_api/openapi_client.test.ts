import { VendorDescription } from '@latchkey/connector-specs/vendor_api';
import { describe, expect, it } from 'vitest';
import { fromOpenApiClient } from './openapi_client.ts';

// This code has the form that OpenAPI Generator writes.
const api = `
class ItemsApiRequestFactory extends BaseAPIRequestFactory {
    search(kind, input, limit, tags, _options) {
            const localVarPath = '/items/{kind}/search'
                .replace('{' + 'kind' + '}', encodeURIComponent(String(kind)));
            const requestContext = _config.baseServer.makeRequestContext(localVarPath, http_1.HttpMethod.POST);
            if (limit !== undefined) {
                requestContext.setQueryParam("limit", ObjectSerializer.serialize(limit, "number", "int32"));
            }
            if (tags !== undefined) {
                const serializedParams = ObjectSerializer.serialize(tags, "Array<string>", "");
                for (const serializedParam of serializedParams) {
                    requestContext.appendQueryParam("tags", serializedParam);
                }
            }
            const serializedBody = ObjectSerializer.stringify(ObjectSerializer.serialize(input, "Search", ""), contentType);
    }
}
class ItemsApiResponseProcessor {
    searchWithHttpInfo(response) {
            if ((0, util_1.isCodeInRange)("200", response.httpStatusCode)) {
                const body = ObjectSerializer.deserialize(ObjectSerializer.parse(text, contentType), "Item", "");
            }
            if ((0, util_1.isCodeInRange)("0", response.httpStatusCode)) {
                const body = ObjectSerializer.deserialize(ObjectSerializer.parse(text, contentType), "Error", "");
            }
    }
}`;
const model = (...fields: readonly (readonly [name: string, baseName: string, type: string])[]) =>
  `Item.attributeTypeMap = ${JSON.stringify(
    fields.map(([name, baseName, type]) => ({ name, baseName, type, format: '' })),
    undefined,
    4,
  )};`;

describe('the description in an SDK of OpenAPI Generator', () => {
  const document = fromOpenApiClient([
    { path: 'crm/apis/ItemsApi.js', text: api },
    {
      path: 'crm/models/Search.js',
      text: model(['_from', 'from', 'string'], ['kind', 'kind', 'KindEnum']),
    },
    { path: 'crm/models/Search.d.ts', text: "  '_from': string;\n  'kind'?: KindEnum;" },
    {
      path: 'crm/models/Item.js',
      text: model(
        ['parts', 'parts', 'Array<Search>'],
        ['values', 'values', '{ [key: string]: string | null; }'],
      ),
    },
    { path: 'crm/models/Item.d.ts', text: "  'parts': Array<Search>;" },
  ]);
  const facts = new VendorDescription(document).factsOf('POST /items/{kind}/search', []);

  it('has the names and types of path and query', () => {
    expect(facts.parameters).toMatchObject([
      { in: 'path', name: 'kind', isRequired: true, schema: { type: 'string' } },
      { in: 'query', name: 'limit', isRequired: false, schema: { type: 'number' } },
      { in: 'query', name: 'tags', schema: { type: 'array', items: { type: 'string' } } },
    ]);
  });

  it('has the body with the names of the API and its required fields', () => {
    expect(facts.body?.schemas['application/json']).toEqual({
      type: 'object',
      properties: { from: { type: 'string' }, kind: { type: 'string' } },
      required: ['from'],
    });
  });

  it('has the response of the successful status', () => {
    const { components } = JSON.parse(JSON.stringify(document));
    expect(facts.responses).toMatchObject([{ status: 200, contentType: 'application/json' }]);
    expect(components.schemas['crm.Item']).toEqual({
      type: 'object',
      properties: {
        parts: { type: 'array', items: { $ref: '#/components/schemas/crm.Search' } },
        values: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
      },
      required: ['parts'],
    });
  });
});
