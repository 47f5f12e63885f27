import { STATUS_CODES } from 'node:http';
import type { HttpResponse } from '@latchkey/test-environment';
import {
  type Call,
  callOf,
  listStrictFiles,
  type Route,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const parameter = z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) });
const properties = z.looseObject({ name: z.looseObject({ pattern: z.string().optional() }) });
const jsonBody = z.object({ schema: z.object({ properties: properties.partial() }) });
const requestBody = z.object({ content: z.object({ 'application/json': jsonBody }) });
const operation = z.object({
  parameters: z.array(parameter).optional(),
  requestBody: requestBody.optional().catch(undefined),
});
const openApi = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

const anonymous = () => new TestUser({ username: '', password: '' });

onEachStore((store) => {
  const environment = startBeforeAll({ store });

  /**
   * Sends requests as the public documentation of Kibana's connector API describes them: only with
   * the headers that it names.
   */
  const asDocumented = (what: Call | Route, body?: unknown): Promise<HttpResponse> => {
    const call = typeof what === 'string' ? callOf(what, body) : what;
    return anonymous().call(environment.first, {
      ...call,
      withKibanaHeaders: false,
      headers: {
        authorization: environment.admin.basicAuthorization,
        ...(call.method === 'GET' ? {} : { 'kbn-xsrf': 'true' }),
        ...call.headers,
      },
    });
  };

  const CONNECTOR_KEYS = [
    'auth_mode',
    'config',
    'connector_type_id',
    'id',
    'is_connector_type_deprecated',
    'is_deprecated',
    'is_missing_secrets',
    'is_preconfigured',
    'is_system_action',
    'name',
  ];

  const json = (response: HttpResponse): Record<string, unknown> =>
    z.record(z.string(), z.unknown()).parse(JSON.parse(response.text));
  const list = (response: HttpResponse): Record<string, unknown>[] =>
    z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(response.text));
  const keysOf = (value: object | undefined): string[] => Object.keys(value ?? {}).sort();

  const aConnector = {
    name: 'my-connector',
    connector_type_id: '.custom_api',
    config: { url: 'https://api.example.com/v1' },
    secrets: { authType: 'basic', username: 'somebody', password: 'a-password' },
  };

  describe('connectors over REST, as in Kibana’s public documentation,', () => {
    it('are created with a generated id, or with an id that the caller chose', async () => {
      const created = await asDocumented('POST /api/actions/connector', aConnector);
      expect(created.status).toBe(200);
      expect(created.headers['content-type']).toMatch(/^application\/json/);
      expect(keysOf(json(created))).toEqual(CONNECTOR_KEYS);
      expect(json(created)).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'my-connector',
        connector_type_id: '.custom_api',
        config: { url: 'https://api.example.com/v1', authType: 'basic' },
        is_preconfigured: false,
        is_deprecated: false,
        is_missing_secrets: false,
        is_system_action: false,
        is_connector_type_deprecated: false,
        auth_mode: 'shared',
      });
      const own = strictFiles(environment);
      const named = await asDocumented('POST /api/actions/connector/my-own-id', own);
      expect(json(named)).toMatchObject({ id: 'my-own-id', auth_mode: 'per-user' });
    });

    it('are returned without their secrets', async () => {
      const response = await asDocumented('GET /api/actions/connector/my-own-id');
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(CONNECTOR_KEYS);
      expect(response.text).not.toContain(environment.strict.clients.post.clientSecret);
    });

    it('are listed with the number of objects that refer to each', async () => {
      const response = await asDocumented('GET /api/actions/connectors');
      expect(response.status).toBe(200);
      const connectors = list(response);
      expect(connectors.map(({ name }) => name).sort()).toEqual(['Strict files', 'my-connector']);
      for (const connector of connectors) {
        const more = ['created_at', 'referenced_by_count', 'updated_at'];
        expect(keysOf(connector)).toEqual([...CONNECTOR_KEYS, ...more].sort());
      }
    });

    it('are updated: secrets that the request omits are kept, all else is replaced', async () => {
      const { name, config } = strictFiles(environment);
      const body = { name: `${name} (renamed)`, config };
      const response = await asDocumented('PUT /api/actions/connector/my-own-id', body);
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(CONNECTOR_KEYS);
      expect(json(response)).toMatchObject({ name: 'Strict files (renamed)' });
      expect((await environment.ana.connect(environment.first, 'my-own-id')).status).toBe(200);
    });

    it('have types that can be listed completely or by feature', async () => {
      const all = await asDocumented('GET /api/actions/connector_types');
      expect(all.status).toBe(200);
      for (const type of list(all)) {
        expect(type).toMatchObject({
          id: expect.stringMatching(/^\./),
          name: expect.any(String),
          enabled: true,
          enabled_in_config: true,
          enabled_in_license: true,
          minimum_license_required: expect.any(String),
          supported_feature_ids: expect.arrayContaining(['workflows']),
          is_system_action_type: false,
          is_deprecated: false,
        });
      }
      expect(list(all).map(({ id }) => id)).toEqual(
        expect.arrayContaining(['.google_drive', '.custom_api']),
      );
      const none = await asDocumented('GET /api/actions/connector_types?feature_id=alerting');
      expect(list(none)).toEqual([]);
    });

    it('are executed', async () => {
      const { ana, first } = environment;
      const execute = 'POST /api/actions/connector/my-own-id/_execute';
      const response = await ana.call(first, execute, { params: listStrictFiles });
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(['connector_id', 'data', 'status']);
      expect(json(response)).toMatchObject({ connector_id: 'my-own-id', status: 'ok' });
      const failed = await asDocumented(execute, { params: listStrictFiles });
      expect(failed.status).toBe(200);
      expect(keysOf(json(failed))).toEqual([
        'authorization_reason',
        'connector_id',
        'errorSource',
        'message',
        'retry',
        'service_message',
        'status',
      ]);
    });

    it('are deleted, and do not exist afterwards', async () => {
      const deleted = await asDocumented('DELETE /api/actions/connector/my-own-id');
      expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
      const response = await asDocumented('GET /api/actions/connector/my-own-id');
      expect(response.status).toBe(404);
    });

    it('exist only in the space in which they were created', async () => {
      const { admin, first } = environment;
      await admin.json(first, 'POST /api/spaces/space', { id: 'other', name: 'Other' });
      const response = await asDocumented('GET /s/other/api/actions/connectors');
      expect({ status: response.status, text: response.text }).toEqual({ status: 200, text: '[]' });
    });
  });

  describe('refusals over REST', () => {
    const create = '/api/actions/connector';
    const asJson = { 'content-type': 'application/json' };
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
    const internal = { 'x-elastic-internal-origin': 'e2e' };
    const longUrl = `https://a.example/${'x'.repeat(1_100_000)}`;
    const json1Mb = { ...aConnector, config: { url: longUrl } };
    const connectors = '/api/actions/connectors';
    const execute = `${create}/taken/_execute`;
    const post = (path: string, rawBody: string, headers: Call['headers']): Call => {
      return { method: 'POST', path, rawBody, headers };
    };
    const get = (path: string, headers: Call['headers']): Call => ({
      method: 'GET',
      path,
      headers,
    });
    const refusals: [status: number, what: string, call: Call | Route, body?: object][] = [
      [400, 'a missing name', `POST ${create}`, { connector_type_id: '.custom_api' }],
      [400, 'an unknown key', `POST ${create}`, { ...aConnector, is_missing_secrets: true }],
      [400, 'an unknown type', `POST ${create}`, { ...aConnector, connector_type_id: '.nope' }],
      [400, 'a wrong config', `POST ${create}`, { ...aConnector, config: {} }],
      [400, 'half a body', post(create, '{"name":', asJson)],
      [400, 'an invalid id', `POST ${create}/no%20spaces`, aConnector],
      [400, 'unknown params', `POST ${execute}`, { params: { subAction: 'nope' } }],
      [400, 'params nested too deeply', post(execute, '['.repeat(9_000), asJson)],
      [
        400,
        'a user without roles',
        post('/internal/security/users/ana', '{"full_name":"Ana"}', { ...internal, ...asJson }),
      ],
      [
        401,
        'a wrong password',
        get(connectors, { authorization: 'Basic ZWxhc3RpYzpub3BlLW5vcGU=' }),
      ],
      [401, 'a request without credentials', get(connectors, { authorization: '' })],
      [404, 'an unknown connector', `GET ${create}/nope`],
      [
        404,
        'running an unknown connector',
        `POST ${create}/nope/_execute`,
        { params: listStrictFiles },
      ],
      [404, 'deleting an unknown connector', `DELETE ${create}/nope`],
      [404, 'updating an unknown connector', `PUT ${create}/nope`, { name: 'x' }],
      [
        404,
        'an empty form to a connector that does not exist',
        post('/internal/actions/connector/nope/_oauth_disconnect', '', { ...internal, ...asForm }),
      ],
      [404, 'an unknown method', { method: 'QUERY', path: '/api/status' }],
      [404, 'an unknown path', 'GET /api/actions/nope'],
      [409, 'a taken id', `POST ${create}/taken`, aConnector],
      [413, 'a body of more than 1 MB', `POST ${create}`, json1Mb],
      [415, 'a form', post(create, 'name=x', asForm)],
    ];

    beforeAll(async () => {
      const { status } = await asDocumented(`POST ${create}/taken`, aConnector);
      expect(status).toBe(200);
    });

    /** Expects an error in Kibana's format; the key `attributes` may add a code for programs. */
    const expectRefusal = (response: HttpResponse, status: number): void => {
      expect({ status: response.status, body: json(response) }).toEqual({
        status,
        body: {
          statusCode: status,
          error: STATUS_CODES[status],
          message: expect.stringMatching(/\S/),
          ...(response.text.includes('"attributes"') ? { attributes: expect.any(Object) } : {}),
        },
      });
      expect(response.headers['content-type']).toMatch(/^application\/json/);
    };

    it.each(refusals)(
      'respond with %i to %s, in Kibana’s format',
      async (...[status, , call, body]) => {
        expectRefusal(await asDocumented(call, body), status);
      },
    );

    it.each(['%01', 'a%7Fb', '%C2%80'])('respond with 404 to the invalid id %s', async (id) => {
      for (const [route, body] of [
        [`GET ${create}/${id}`],
        [`DELETE ${create}/${id}`],
        [`PUT ${create}/${id}`, { name: 'x' }],
        [`POST ${create}/${id}/_execute`, { params: listStrictFiles }],
        [`GET ${create}/${id}/grants`],
        [`GET /api/actions/grants/_revoke/${id}`],
        [`GET /api/spaces/space/${id}`],
      ] as const) {
        expectRefusal(await asDocumented(route, body), 404);
      }
    });

    it('state the rules for names, booleans and lengths', async () => {
      const response = await asDocumented('GET /api/openapi.json');
      const { paths } = openApi.parse(JSON.parse(response.text));
      const schemaOf = (path: string, method: string, parameter: string) =>
        paths[path]?.[method]?.parameters?.find(({ name }) => name === parameter)?.schema;
      expect(schemaOf('/api/security/role/{name}', 'put', 'createOnly')).toMatchObject({
        enum: ['true', 'false'],
      });
      expect(schemaOf('/login', 'get', 'next')).toMatchObject({ maxLength: 2048 });
      const id = new RegExp(String(schemaOf(`${create}/{id}`, 'get', 'id')?.['pattern']));
      for (const text of ['\0', '\u0001', 'a']) {
        const { status } = await asDocumented(`GET ${create}/${encodeURIComponent(text)}`);
        expect({ text, status }).toEqual({ text, status: id.test(text) ? 404 : 400 });
      }
      const body = paths['/api/actions/connector']?.['post']?.requestBody;
      const { pattern } = body?.content['application/json'].schema.properties.name ?? {};
      const described = new RegExp(pattern ?? 'missing');
      for (const name of ['', ' ', 'a\u0001', 'a\u007f', 'a\nb', 'Größe 🔑', 'a']) {
        const { status } = await asDocumented(`POST ${create}`, { ...aConnector, name });
        expect({ name, status }).toEqual({ name, status: described.test(name) ? 200 : 400 });
      }
    });

    it('are not sent for a page beyond the last one: the response has no items and the correct total', async () => {
      for (const path of [`${create}/taken/grants`, '/api/actions/grants/_revoke']) {
        const response = await asDocumented(`GET ${path}?page=101&per_page=100`);
        expect(response.status).toBe(200);
        const page = { page: 101, per_page: 100, total: expect.any(Number) };
        expect(json(response)).toMatchObject(page);
        expect([json(response)['grants'], json(response)['jobs']]).toContainEqual([]);
      }
    });

    it('A24: are sent for values that are nested deeper than a body may be, and for no others', async () => {
      const put = (depth: number) =>
        asDocumented({
          method: 'PUT',
          path: '/api/security/role/deep',
          rawBody: `{"metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth + 1)}`,
          headers: asJson,
        });
      expect((await put(199)).status).toBe(204);
      expectRefusal(await put(1_100), 400);
    });

    it('redirect an anonymous browser from a page to the login page, and respond with 401 to other anonymous requests', async () => {
      const browse = (path: string) =>
        anonymous().call(environment.first, {
          method: 'GET',
          path,
          withKibanaHeaders: false,
          headers: { accept: 'text/html,*/*' },
        });
      const link = await browse(`${create}/taken/oauth/start`);
      expect(link.status).toBe(302);
      expect(link.headers.location).toMatch(/^\/login\?next=/);
      expectRefusal(await browse('/api/actions/connectors'), 401);
    });

    it('respond with 400 when the header against cross-site requests is missing', async () => {
      const response = await anonymous().call(environment.first, {
        method: 'POST',
        path: create,
        body: aConnector,
        withKibanaHeaders: false,
        headers: { authorization: environment.admin.basicAuthorization },
      });
      expectRefusal(response, 400);
      expect(json(response)['message']).toContain('kbn-xsrf');
    });

    it('respond with 403 to a user who may only execute connectors', async () => {
      const { ana, first } = environment;
      expectRefusal(await ana.call(first, `POST ${create}`, aConnector), 403);
    });

    it('respond with 400 to a request for an internal route without the header that such routes require', async () => {
      const response = await asDocumented('POST /internal/actions/connectors/_me/auth_status');
      expectRefusal(response, 400);
    });
  });
});
