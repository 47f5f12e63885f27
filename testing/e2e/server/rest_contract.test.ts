import { STATUS_CODES } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpResponse } from '@latchkey/test-environment';
import {
  type Call,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  TestUser,
  twoUsers,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { z } from 'zod';

const openApi = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z
          .array(z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) }))
          .optional(),
        requestBody: z
          .object({
            content: z.object({
              'application/json': z.object({
                schema: z.object({
                  properties: z.looseObject({
                    name: z.looseObject({ pattern: z.string().optional() }).optional(),
                  }),
                }),
              }),
            }),
          })
          .optional()
          .catch(undefined),
      }),
    ),
  ),
});

onEachStore((store) => {
  let environment: Installation;
  let server: ServerProcess;
  beforeAll(async () => {
    environment = await twoUsers({ store });
    [server] = environment.servers;
  });
  afterAll(stopEverything);

  /**
   * Requests as in the public documentation of Kibana's connector API: only the headers that it
   * names.
   */
  const asDocumented = (call: Call): Promise<HttpResponse> =>
    new TestUser({ username: '', password: '' }).call(server, {
      ...call,
      withKibanaHeaders: false,
      headers: {
        authorization: `Basic ${Buffer.from('elastic:changeme').toString('base64')}`,
        ...(call.method === 'GET' ? {} : { 'kbn-xsrf': 'true' }),
        ...call.headers,
      },
    });

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

  describe('connectors over REST, as publicly documented', () => {
    it('creates one, with a generated id and with an id of the caller', async () => {
      const created = await asDocumented({
        method: 'POST',
        path: '/api/actions/connector',
        body: aConnector,
      });
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
      const named = await asDocumented({
        method: 'POST',
        path: '/api/actions/connector/my-own-id',
        body: { ...strictFiles(environment.providers) },
      });
      expect(json(named)).toMatchObject({ id: 'my-own-id', auth_mode: 'per-user' });
    });

    it('gets one without its secrets', async () => {
      const response = await asDocumented({
        method: 'GET',
        path: '/api/actions/connector/my-own-id',
      });
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(CONNECTOR_KEYS);
      expect(response.text).not.toContain(environment.providers.strict.clients.post.clientSecret);
    });

    it('lists all with the number of references', async () => {
      const response = await asDocumented({ method: 'GET', path: '/api/actions/connectors' });
      expect(response.status).toBe(200);
      const connectors = list(response);
      expect(connectors.map(({ name }) => name).sort()).toEqual(['Strict files', 'my-connector']);
      for (const connector of connectors) {
        expect(keysOf(connector)).toEqual([...CONNECTOR_KEYS, 'referenced_by_count'].sort());
      }
    });

    it('updates one: keeps omitted secrets, changes the rest', async () => {
      const { name, config } = strictFiles(environment.providers);
      const response = await asDocumented({
        method: 'PUT',
        path: '/api/actions/connector/my-own-id',
        body: { name: `${name} (renamed)`, config },
      });
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(CONNECTOR_KEYS);
      expect(json(response)).toMatchObject({ name: 'Strict files (renamed)' });
      expect((await environment.ana.connect(server, 'my-own-id')).status).toBe(200);
    });

    it('lists the types, and those of one feature', async () => {
      const all = await asDocumented({ method: 'GET', path: '/api/actions/connector_types' });
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
      const none = await asDocumented({
        method: 'GET',
        path: '/api/actions/connector_types?feature_id=alerting',
      });
      expect(list(none)).toEqual([]);
    });

    it('executes one', async () => {
      const response = await environment.ana.call(server, {
        method: 'POST',
        path: '/api/actions/connector/my-own-id/_execute',
        body: { params: listStrictFiles },
      });
      expect(response.status).toBe(200);
      expect(keysOf(json(response))).toEqual(['connector_id', 'data', 'status']);
      expect(json(response)).toMatchObject({ connector_id: 'my-own-id', status: 'ok' });
      const failed = await asDocumented({
        method: 'POST',
        path: '/api/actions/connector/my-own-id/_execute',
        body: { params: listStrictFiles },
      });
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

    it('deletes one, which then does not exist', async () => {
      const deleted = await asDocumented({
        method: 'DELETE',
        path: '/api/actions/connector/my-own-id',
      });
      expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
      const response = await asDocumented({
        method: 'GET',
        path: '/api/actions/connector/my-own-id',
      });
      expect(response.status).toBe(404);
    });

    it('separates the spaces', async () => {
      await environment.admin.json(server, {
        method: 'POST',
        path: '/api/spaces/space',
        body: { id: 'other', name: 'Other' },
      });
      const response = await asDocumented({
        method: 'GET',
        path: '/s/other/api/actions/connectors',
      });
      expect({ status: response.status, text: response.text }).toEqual({ status: 200, text: '[]' });
    });
  });

  describe('refusals over REST', () => {
    const create = '/api/actions/connector';
    const asJson = { 'content-type': 'application/json' };
    const internal = { 'x-elastic-internal-origin': 'e2e' };
    const json1Mb = {
      ...aConnector,
      config: { url: `https://a.example/${'x'.repeat(1_100_000)}` },
    };
    const refusals: [status: number, what: string, call: Call][] = [
      [
        400,
        'a missing name',
        { method: 'POST', path: create, body: { connector_type_id: '.custom_api' } },
      ],
      [
        400,
        'an unknown key',
        { method: 'POST', path: create, body: { ...aConnector, is_missing_secrets: true } },
      ],
      [
        400,
        'an unknown type',
        { method: 'POST', path: create, body: { ...aConnector, connector_type_id: '.nope' } },
      ],
      [
        400,
        'a wrong config',
        { method: 'POST', path: create, body: { ...aConnector, config: {} } },
      ],
      [
        400,
        'half a body',
        {
          method: 'POST',
          path: create,
          rawBody: '{"name":',
          headers: { 'content-type': 'application/json' },
        },
      ],
      [400, 'an invalid id', { method: 'POST', path: `${create}/no%20spaces`, body: aConnector }],
      [
        400,
        'unknown params',
        {
          method: 'POST',
          path: `${create}/taken/_execute`,
          body: { params: { subAction: 'nope' } },
        },
      ],
      [
        400,
        'params nested too deeply',
        {
          method: 'POST',
          path: `${create}/taken/_execute`,
          rawBody: '['.repeat(9_000),
          headers: asJson,
        },
      ],
      [
        400,
        'a user without roles',
        {
          method: 'POST',
          path: '/internal/security/users/ana',
          body: { full_name: 'Ana' },
          headers: internal,
        },
      ],
      [
        401,
        'a wrong password',
        {
          method: 'GET',
          path: '/api/actions/connectors',
          headers: { authorization: 'Basic ZWxhc3RpYzpub3BlLW5vcGU=' },
        },
      ],
      [
        401,
        'nobody',
        { method: 'GET', path: '/api/actions/connectors', headers: { authorization: '' } },
      ],
      [404, 'an unknown connector', { method: 'GET', path: `${create}/nope` }],
      [
        404,
        'running an unknown connector',
        { method: 'POST', path: `${create}/nope/_execute`, body: { params: listStrictFiles } },
      ],
      [404, 'deleting an unknown connector', { method: 'DELETE', path: `${create}/nope` }],
      [
        404,
        'updating an unknown connector',
        { method: 'PUT', path: `${create}/nope`, body: { name: 'x' } },
      ],
      [
        404,
        'an empty form to a connector that does not exist',
        {
          method: 'POST',
          path: '/internal/actions/connector/nope/_oauth_disconnect',
          rawBody: '',
          headers: { ...internal, 'content-type': 'application/x-www-form-urlencoded' },
        },
      ],
      [404, 'an unknown method', { method: 'QUERY', path: '/api/status' }],
      [404, 'an unknown path', { method: 'GET', path: '/api/actions/nope' }],
      [409, 'a taken id', { method: 'POST', path: `${create}/taken`, body: aConnector }],
      [413, 'a body of more than 1 MB', { method: 'POST', path: create, body: json1Mb }],
      [
        415,
        'a form',
        {
          method: 'POST',
          path: create,
          rawBody: 'name=x',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ],
    ];

    beforeAll(async () => {
      const { status } = await asDocumented({
        method: 'POST',
        path: `${create}/taken`,
        body: aConnector,
      });
      expect(status).toBe(200);
    });

    /** Kibana's error shape; `attributes` may add a code for programs. */
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

    it.each(refusals)('responds with %i to %s in Kibana’s format', async (status, _what, call) => {
      expectRefusal(await asDocumented(call), status);
    });

    it.each(['%01', 'a%7Fb', '%C2%80'])('responds with 404 to the invalid id %s', async (id) => {
      for (const call of [
        { method: 'GET', path: `${create}/${id}` },
        { method: 'DELETE', path: `${create}/${id}` },
        { method: 'PUT', path: `${create}/${id}`, body: { name: 'x' } },
        { method: 'POST', path: `${create}/${id}/_execute`, body: { params: listStrictFiles } },
        { method: 'GET', path: `${create}/${id}/grants` },
        { method: 'GET', path: `/api/actions/grants/_revoke/${id}` },
        { method: 'GET', path: `/api/spaces/space/${id}` },
      ]) {
        const response = await asDocumented(call);
        expectRefusal(response, 404);
      }
    });

    it('describes its rules for names, booleans and lengths', async () => {
      const response = await asDocumented({ method: 'GET', path: '/api/openapi.json' });
      const { paths } = openApi.parse(JSON.parse(response.text));
      const schemaOf = (path: string, method: string, parameter: string) =>
        paths[path]?.[method]?.parameters?.find(({ name }) => name === parameter)?.schema;
      expect(schemaOf('/api/security/role/{name}', 'put', 'createOnly')).toMatchObject({
        enum: ['true', 'false'],
      });
      expect(schemaOf('/login', 'get', 'next')).toMatchObject({ maxLength: 2048 });
      const id = new RegExp(String(schemaOf(`${create}/{id}`, 'get', 'id')?.['pattern']));
      for (const text of ['\0', '\u0001', 'a']) {
        const { status } = await asDocumented({
          method: 'GET',
          path: `${create}/${encodeURIComponent(text)}`,
        });
        expect({ text, status }).toEqual({ text, status: id.test(text) ? 404 : 400 });
      }
      const body = paths['/api/actions/connector']?.['post']?.requestBody;
      const { pattern } = body?.content['application/json'].schema.properties.name ?? {};
      const described = new RegExp(pattern ?? 'missing');
      for (const name of ['', ' ', 'a\u0001', 'a\u007f', 'a\nb', 'Größe 🔑', 'a']) {
        const { status } = await asDocumented({
          method: 'POST',
          path: create,
          body: { ...aConnector, name },
        });
        expect({ name, status }).toEqual({ name, status: described.test(name) ? 200 : 400 });
      }
    });

    it('returns an empty page and the total beyond the last page that can be shown', async () => {
      for (const path of [`${create}/taken/grants`, '/api/actions/grants/_revoke']) {
        const response = await asDocumented({
          method: 'GET',
          path: `${path}?page=101&per_page=100`,
        });
        expect(response.status).toBe(200);
        expect(json(response)).toMatchObject({
          page: 101,
          per_page: 100,
          total: expect.any(Number),
        });
        expect([json(response)['grants'], json(response)['jobs']]).toContainEqual([]);
      }
    });

    it('A24: stores nested values up to the maximum depth of a body, and refuses deeper ones', async () => {
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

    it('redirects an anonymous browser from a page link to the login page, and responds with 401 elsewhere', async () => {
      const browse = (path: string) =>
        new TestUser({ username: '', password: '' }).call(server, {
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

    it('responds with 400 when the header against cross-site requests is missing', async () => {
      const authorization = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
      const anonymous = new TestUser({ username: '', password: '' });
      const response = await anonymous.call(server, {
        method: 'POST',
        path: create,
        body: aConnector,
        withKibanaHeaders: false,
        headers: { authorization },
      });
      expectRefusal(response, 400);
      expect(json(response)['message']).toContain('kbn-xsrf');
    });

    it('responds with 403 to a user who may only execute connectors', async () => {
      expectRefusal(
        await environment.ana.call(server, { method: 'POST', path: create, body: aConnector }),
        403,
      );
    });

    it('responds with 400 to an internal route without its header', async () => {
      const response = await asDocumented({
        method: 'POST',
        path: '/internal/actions/connectors/_me/auth_status',
      });
      expectRefusal(response, 400);
    });
  });
});
