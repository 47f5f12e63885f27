import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../common/index.ts';
import { createRouterHarness } from '../http/router_harness.mock.ts';
import { buildOpenApi } from './build_openapi.ts';
import { registerOpenApiRoute } from './openapi_route.ts';

const ROUTES: readonly Route[] = [
  {
    method: 'post',
    path: '/api/actions/connector/{id?}',
    access: 'public',
    summary: 'Create a connector',
    description: 'With an id of your choice, or without.',
    tags: ['connectors'],
    params: z.strictObject({ id: z.string().max(36).optional() }),
    query: z.strictObject({ force: z.enum(['true', 'false']).optional(), n: z.coerce.number() }),
    body: z.strictObject({ name: z.string(), size: z.number().default(1) }),
    responses: {
      200: { description: 'The connector', body: z.object({ id: z.string(), at: z.date() }) },
      409: { description: 'The id is taken' },
    },
  },
  {
    method: 'get',
    path: '/api/status',
    access: 'public',
    summary: 'Read the state',
    authentication: 'optional',
  },
  {
    method: 'get',
    path: '/api/open',
    access: 'public',
    summary: 'Read without credentials',
    authentication: 'none',
  },
  { method: 'get', path: '/internal/x', access: 'internal', summary: 'Internal' },
];

const document = JSON.parse(
  JSON.stringify(buildOpenApi(ROUTES, { version: '1.0.0', serverUrl: 'https://a.example' })),
);

describe('the OpenAPI description', () => {
  it('describes public routes only, and an optional last part as two paths', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual([
      '/api/actions/connector',
      '/api/actions/connector/{id}',
      '/api/status',
      '/api/open',
    ]);
  });

  it('describes parameters, the cross-site header, the body and the responses', () => {
    const { post } = document.paths['/api/actions/connector/{id}'];
    expect(post.parameters).toEqual([
      {
        name: 'id',
        in: 'path',
        required: true,
        schema: { type: 'string', maxLength: 36, pattern: '^[^\\u0000]*$' },
      },
      {
        name: 'force',
        in: 'query',
        required: false,
        schema: { type: 'string', enum: ['true', 'false'] },
      },
      { name: 'n', in: 'query', required: true, schema: expect.any(Object) },
      expect.objectContaining({ name: 'kbn-xsrf', in: 'header', required: true }),
    ]);
    expect(post.requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { type: 'object', required: ['name'] } } },
    });
    expect(Object.keys(post.responses)).toEqual(['200', '409', 'default']);
    expect(post.responses.default.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/Error',
    });
    const [first] = document.paths['/api/actions/connector'].post.parameters;
    expect(first.in).toBe('query');
  });

  it('describes listed errors in the common shape, except those of pages', () => {
    const route: Route = {
      method: 'get',
      path: '/api/page',
      access: 'public',
      summary: 'Show a page',
      responses: { 200: { description: 'The page' }, 404: { description: 'An error page' } },
    };
    const { paths } = JSON.parse(
      JSON.stringify(buildOpenApi([route], { version: '1', serverUrl: undefined })),
    );
    expect(paths['/api/page'].get.responses[404]).toEqual({ description: 'An error page' });
    const { responses } = document.paths['/api/actions/connector/{id}'].post;
    expect(responses[409]).toEqual({
      description: 'The id is taken',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    });
  });

  it('describes a body as its route does, with the schemas to which the description refers', () => {
    const route: Route = {
      method: 'post',
      path: '/api/run',
      access: 'public',
      summary: 'Run',
      body: z.strictObject({ params: z.unknown() }),
      describeBody: (body) => ({
        schema: { anyOf: [{ $ref: '#/components/schemas/run-a_params' }, body] },
        components: { 'run-a_params': { type: 'object' } },
      }),
    };
    const { paths, components } = JSON.parse(
      JSON.stringify(buildOpenApi([route], { version: '1', serverUrl: undefined })),
    );
    expect(paths['/api/run'].post.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            anyOf: [
              { $ref: '#/components/schemas/run-a_params' },
              expect.objectContaining({ type: 'object', additionalProperties: false }),
            ],
          },
        },
      },
    });
    expect(Object.keys(components.schemas)).toEqual(['Error', 'run-a_params']);
  });

  it('describes who may call a route', () => {
    expect(document.paths['/api/actions/connector'].post.security).toEqual([
      { basic: [] },
      { apiKey: [] },
      { session: [] },
    ]);
    expect(document.paths['/api/status'].get.security).toEqual([
      {},
      { basic: [] },
      { apiKey: [] },
      { session: [] },
    ]);
    expect(document.paths['/api/open'].get.security).toEqual([]);
  });

  it('is valid: unique operation ids, existing path parameters, references that resolve', () => {
    const ids: string[] = [];
    for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
      expect(path).toMatch(/^(\/([A-Za-z0-9._-]+|\{[A-Za-z0-9_]+\}))+$/);
      for (const [method, operation] of Object.entries(operations)) {
        expect(['get', 'post', 'put', 'patch', 'delete']).toContain(method);
        ids.push(operation.operationId);
        const inPath = operation.parameters.filter((one) => one.in === 'path');
        expect(inPath.map((one) => `{${one.name}}`)).toEqual(path.match(/\{[^}]+\}/g) ?? []);
        expect(inPath.every((one) => one.required)).toBe(true);
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, scheme] of JSON.stringify(document.paths).matchAll(/"(\w+)":\[\]\}/g)) {
      expect(document.components.securitySchemes).toHaveProperty(scheme ?? '');
    }
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name ?? '');
    }
  });
});

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly in: string;
    readonly name: string;
    readonly required: boolean;
  }[];
  readonly responses: object;
}

describe('GET /api/openapi.json', () => {
  it('describes itself to every caller', async () => {
    const harness = createRouterHarness({ user: null });
    const routes: Route[] = [];
    registerOpenApiRoute(harness.http, { routes: () => routes, version: '1' });
    routes.push(...ROUTES);
    const response = await harness.inject<{ paths: object }>({
      method: 'GET',
      url: '/api/openapi.json',
    });
    expect(Object.keys(response.body.paths)).toContain('/api/status');
    await harness.close();
  });
});
