import { connectorSpecs } from '@latchkey/connector-specs';
import { createRouterHarness, type RouterHarnessOptions } from '@latchkey/core/server/harness';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectorSpecBody, connectorTypeBody } from '../../common/index.ts';
import { scopeLabels } from '../oauth/scopes/index.ts';
import { registerConnectorTypeRoutes } from './connector_type_routes.ts';
import { connectorTypeDeps } from './connector_types.mock.ts';
import { mapConnectorTypeError } from './map_connector_type_error.ts';
import { TypeRegistry } from './type_registry.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const aServer = (options: RouterHarnessOptions = {}, enabledActionTypes = ['*']) => {
  const harness = createRouterHarness(options);
  const registry = new TypeRegistry({ ...connectorTypeDeps(), enabledActionTypes });
  for (const spec of connectorSpecs) registry.register(spec);
  registry.close();
  const router = harness.http.createRouter({
    mapError: mapConnectorTypeError,
    services: () => ({ types: registry, formSettings: { isHttpsRequired: true, scopeLabels } }),
  });
  registerConnectorTypeRoutes(router);
  closers.push(() => harness.close());
  return (url: string, defaultHeaders = true, headers: Readonly<Record<string, string>> = {}) =>
    harness.inject({ method: 'GET', url, defaultHeaders, headers });
};

describe('GET /api/actions/connector_types', () => {
  it('lists types in the wire format', async () => {
    const { status, body } = await aServer()('/api/actions/connector_types');
    expect(status).toBe(200);
    expect(z.array(connectorTypeBody.strict()).parse(body)).toContainEqual({
      id: '.google_drive',
      name: 'Google Drive',
      description: expect.any(String),
      enabled: true,
      enabled_in_config: true,
      enabled_in_license: true,
      minimum_license_required: 'enterprise',
      supported_feature_ids: ['agentBuilder', 'workflows'],
      is_system_action_type: false,
      is_deprecated: false,
      is_experimental: true,
      is_testable: true,
      icon: 'logoGoogleG',
      source: 'spec',
      auth_types: [
        expect.objectContaining({ id: 'bearer', label: 'Bearer token', auth_mode: 'shared' }),
        expect.objectContaining({ id: 'oauth_authorization_code', auth_mode: 'per-user' }),
        {
          id: 'ears',
          label: 'Quick Connect OAuth 2.0',
          auth_mode: 'per-user',
          is_recommended: false,
          is_legacy: false,
          is_experimental: true,
        },
      ],
      supports_personal: true,
    });
  });

  it('lists no auth types for a type with its own credential fields', async () => {
    const { body } = await aServer()('/api/actions/connector_types');
    const types = z.array(connectorTypeBody).parse(body);
    expect(types.find(({ id }) => id === '.http')).toMatchObject({
      auth_types: [],
      supports_personal: false,
    });
  });

  it('lists only the types of one feature', async () => {
    const get = aServer();
    expect((await get('/api/actions/connector_types?feature_id=workflows')).body).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: '.http' })]),
    );
    expect((await get('/api/actions/connector_types?feature_id=cases')).body).toEqual([]);
    expect((await get('/api/actions/connector_types?feature_id=')).body).toEqual(
      (await get('/api/actions/connector_types')).body,
    );
    expect((await get('/api/actions/connector_types?feature=cases')).status).toBe(400);
  });

  it('shows a type that the configuration disables as disabled', async () => {
    const { body } = await aServer({}, ['.http'])('/api/actions/connector_types');
    const enabled = z
      .array(connectorTypeBody)
      .parse(body)
      .map((type) => [type.id, type.enabled, type.enabled_in_config]);
    expect(enabled).toContainEqual(['.google_drive', false, false]);
    expect(enabled).toContainEqual(['.http', true, true]);
  });
});

it.each([
  ['/api/actions/connector_types', 'Send requests to any HTTP service'],
  ['/internal/actions/connector_types', 'Anfragen an einen beliebigen HTTP-Dienst senden'],
])('%s is in English unless its path is internal', async (url, description) => {
  const { body } = await aServer()(url, true, { 'accept-language': 'de' });
  const custom = z
    .array(connectorTypeBody)
    .parse(body)
    .find(({ id }) => id === '.custom_api');
  expect(custom?.description).toContain(description);
});

describe('GET /internal/actions/connector_types/{id}/spec', () => {
  it('returns metadata in snake case and the form as JSON Schema', async () => {
    const { status, body } = await aServer()(
      '/internal/actions/connector_types/.google_drive/spec',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      metadata: { id: '.google_drive', display_name: 'Google Drive', is_technical_preview: true },
      is_testable: true,
      schema: {
        properties: {
          config: { type: 'object' },
          secrets: {
            oneOf: [
              { properties: { authType: { const: 'bearer' } } },
              {
                authMode: 'per-user',
                properties: { tokenUrl: { hidden: true, validate: { allowedHosts: true } } },
              },
              { isExperimental: true, properties: { scope: { disabled: true } } },
            ],
          },
        },
      },
    });
  });

  it('says whether URLs must be https, and describes the scopes of the provider', async () => {
    const { body } = await aServer()('/internal/actions/connector_types/.google_drive/spec');
    expect(body).toMatchObject({
      is_https_required: true,
      scope_labels: {
        'https://www.googleapis.com/auth/drive.readonly':
          'See and download all your Google Drive files',
        openid: 'Know which account you signed in with',
      },
    });
    const custom = await aServer()('/internal/actions/connector_types/.custom_api/spec');
    expect(custom.body).not.toHaveProperty([
      'scope_labels',
      'https://www.googleapis.com/auth/drive.readonly',
    ]);
    const http = await aServer()('/internal/actions/connector_types/.http/spec');
    expect(http.body).toMatchObject({ scope_labels: {} });
  });

  it('is in the language that the caller requests, with an ETag per language', async () => {
    const get = aServer();
    const url = '/internal/actions/connector_types/.google_drive/spec';
    const inLanguage = (language: string, headers: Readonly<Record<string, string>> = {}) =>
      get(url, true, { 'accept-language': language, ...headers });
    const english = await get(url);
    const german = await inLanguage('de');
    expect(german.headers).toMatchObject({ vary: expect.stringMatching(/\baccept-language\b/) });
    expect(german.headers['etag']).not.toBe(english.headers['etag']);
    expect(german.body).toMatchObject({
      metadata: { display_name: 'Google Drive', description: expect.stringContaining('Dateien') },
      scope_labels: { openid: 'Erkennen, mit welchem Konto Sie sich angemeldet haben' },
      actions: {
        searchFiles: {
          label: 'Dateien suchen',
          input: { properties: { pageSize: { label: 'Seitengröße' } } },
        },
      },
    });
    const known = { 'if-none-match': String(german.headers['etag']) };
    expect((await inLanguage('de-AT', known)).status).toBe(304);
    expect((await inLanguage('en', known)).status).toBe(200);
    const pseudo = await inLanguage('en-XA');
    expect(pseudo.body).toMatchObject({ metadata: { description: expect.stringMatching(/^\[/) } });
  });

  it('responds with 304 only if the browser has the current spec', async () => {
    const get = aServer();
    const url = '/internal/actions/connector_types/.google_drive/spec';
    const { headers } = await get(url);
    const etag = String(headers['etag']);
    expect(headers['cache-control']).toBe('private, no-cache');
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await get(url, true, { 'if-none-match': tags });
      expect([response.status, response.text, response.headers['etag']]).toEqual([304, '', etag]);
    }
    expect((await get(url, true, { 'if-none-match': '"other"' })).status).toBe(200);
    const http = await get('/internal/actions/connector_types/.http/spec', true, {
      'if-none-match': etag,
    });
    expect(http.status).toBe(200);
  });

  it('returns the actions by name, as Kibana does', async () => {
    const { body } = await aServer()('/internal/actions/connector_types/.google_drive/spec');
    const { actions, is_inbound_only } = connectorSpecBody.strict().parse(body);
    expect(is_inbound_only).toBe(false);
    expect(Object.keys(actions)).toEqual([
      'searchFiles',
      'listFiles',
      'downloadFile',
      'getFileMetadata',
    ]);
    expect(actions['searchFiles']).toEqual({
      label: 'Search files',
      description: expect.any(String),
      is_tool: true,
      scope: 'read',
      input: expect.objectContaining({ type: 'object' }),
    });
  });

  it('responds with 404 to an unknown type', async () => {
    const get = aServer();
    expect(await get('/internal/actions/connector_types/.nope/spec')).toMatchObject({
      status: 404,
      body: { attributes: { code: 'unknown_type' } },
    });
    expect((await get('/internal/actions/connector_types/__proto__/spec')).status).toBe(404);
  });
});

describe('routes of connector types', () => {
  const URLS = [
    '/api/actions/connector_types',
    '/internal/actions/connector_types',
    '/internal/actions/connector_types/.http/spec',
  ];

  it.each(URLS)('refuse %s without a signed-in user', async (url) => {
    expect((await aServer({ user: null })(url)).status).toBe(401);
  });

  it.each(URLS)('refuse %s without the privilege to read connectors', async (url) => {
    expect((await aServer({ missingPrivileges: ['actions:get'] })(url)).status).toBe(403);
    expect((await aServer()(url)).status).toBe(200);
  });

  it.each(URLS.slice(1))(
    'refuse %s without the header that pages of this server send',
    async (url) => {
      expect((await aServer()(url, false)).status).toBe(400);
    },
  );
});
