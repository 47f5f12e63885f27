import type { Overlay, VendorManifest } from '../../../contract_tests/vendor_api/index.ts';

import { listUsers } from '../notion.ts';

const REFERENCE = 'https://developers.notion.com/reference';
const LIST_ROUTES = ['POST /v1/search', 'POST /v1/data_sources/{data_source_id}/query'];
const text = { type: 'string' };
const nullableText = { type: ['string', 'null'] };

const entry = (kind: string, fields: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties: {
    object: { const: kind },
    id: text,
    url: text,
    created_time: text,
    last_edited_time: text,
    in_trash: { type: 'boolean' },
    parent: { type: 'object', properties: { type: text }, required: ['type'] },
    properties: { type: 'object', additionalProperties: { type: 'object' } },
    ...fields,
  },
  // Notion returns only these two of a page whose properties the integration may not read.
  required: ['object', 'id'],
});
const page = entry('page', { public_url: nullableText });
const dataSource = entry('data_source', {
  title: {
    type: 'array',
    items: { type: 'object', properties: { plain_text: text }, required: ['plain_text'] },
  },
});

const result = (route: string, value: object, source: string): Overlay => ({
  route,
  at: ['responses', 0, 'schema'],
  value,
  source: `The description says nothing about the response: ${REFERENCE}/${source}`,
});

const body = (route: string, at: readonly string[], value: unknown): Overlay => ({
  route,
  at: ['body', 'schemas', 'application/json', ...at],
  value,
  source: `The description states this in prose: ${REFERENCE}/post-search`,
});

/** The OpenAPI description that Notion's own MCP server uses. */
export const manifest: VendorManifest = {
  origins: ['https://api.notion.com'],
  // Filters have many forms, which the description only outlines.
  freeFields: { 'POST /v1/data_sources/{data_source_id}/query': ['filter'] },
  // https://developers.notion.com/reference/versioning
  headers: { '*': { 'notion-version': ['2025-09-03'] } },
  source: {
    package: '@notionhq/notion-mcp-server',
    version: '2.5.2',
    licence: 'MIT',
    sha256: '2506106e21e2487531d106cf0b37cd3b1b18913c91dc141719f1c05b91f8bbce',
    file: 'scripts/notion-openapi.json',
  },
  test: listUsers,
  overlays: [
    result(
      'GET /v1/users',
      { type: 'object', properties: { object: { const: 'list' } }, required: ['object'] },
      'get-users',
    ),
    result('GET /v1/pages/{page_id}', page, 'page'),
    result('GET /v1/data_sources/{data_source_id}', dataSource, 'data-source'),
    ...LIST_ROUTES.flatMap((route) => [
      result(
        route,
        {
          type: 'object',
          properties: {
            results: { type: 'array', items: { anyOf: [page, dataSource] } },
            next_cursor: nullableText,
            has_more: { type: 'boolean' },
          },
          required: ['results', 'next_cursor', 'has_more'],
        },
        'intro#pagination',
      ),
      body(route, ['properties', 'page_size'], { type: 'integer', minimum: 1, maximum: 100 }),
      body(route, ['properties', 'start_cursor'], { type: 'string', minLength: 1 }),
    ]),
    body('POST /v1/search', ['properties', 'filter', 'required'], ['property', 'value']),
    body('POST /v1/search', ['properties', 'filter', 'properties', 'property'], {
      const: 'object',
    }),
  ],
};
