import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from '../../operations/index.ts';
import { fromDiscovery, isDiscovery } from './discovery.ts';
import { VendorDescription } from './extract_facts.ts';

const document = {
  discoveryVersion: 'v1',
  parameters: { fields: { location: 'query', type: 'string' } },
  resources: {
    drives: {
      resources: {
        files: {
          methods: {
            get: {
              httpMethod: 'GET',
              path: 'files/{id}',
              parameters: {
                id: { location: 'path', required: true, type: 'string' },
                max: { location: 'query', type: 'integer', minimum: '1', maximum: '9' },
                tags: { location: 'query', type: 'string', repeated: true },
              },
              response: { $ref: 'File' },
              supportsMediaDownload: true,
              scopes: ['files', 'files.readonly'],
            },
            create: { httpMethod: 'POST', path: 'files', request: { $ref: 'File' } },
          },
        },
      },
    },
  },
  schemas: {
    File: { id: 'File', type: 'object', properties: { id: { type: 'string' }, other: {} } },
  },
};

const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
const getFile = operation('GET /files/{id}', {
  scope: 'read',
  description: 'Reads.',
  input: { id: z.string() },
  output: z.object({ id: z.string() }),
});

describe('a discovery document', () => {
  const description = new VendorDescription(fromDiscovery(document));

  it('contains the facts of nested methods', () => {
    expect(isDiscovery(document)).toBe(true);
    const facts = description.factsOf('GET /files/{id}', [getFile]);
    const { parameters, responses, scopes } = facts;
    expect(scopes).toEqual(['files', 'files.readonly']);
    expect(parameters.map(({ name, schema }) => [name, schema])).toEqual([
      ['fields', { type: 'string' }],
      ['id', { type: 'string' }],
      ['max', { type: 'integer', minimum: 1, maximum: 9 }],
      ['tags', { type: 'array', items: { type: 'string' } }],
    ]);
    expect(responses).toMatchObject([
      { contentType: 'application/json', schema: { properties: { id: { type: 'string' } } } },
      { contentType: '*/*', schema: { type: 'string' } },
    ]);
  });

  it('describes the body of a request', () => {
    const { body } = description.factsOf('POST /files', []);
    expect(Object.keys(body?.schemas ?? {})).toEqual(['application/json']);
  });
});
