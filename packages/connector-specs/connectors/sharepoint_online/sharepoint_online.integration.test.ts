import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { generateSecretsSchemaFromSpec } from '../../schema/index.ts';
import { sharepointOnline } from './sharepoint_online.ts';

const USER = 'oauth_authorization_code';
const APP = 'oauth_client_credentials';
const FOREIGN = 'https://foreign.test/v1.0/sites';

const secretsOf = (authType: string) => ({ authType, clientId: 'c', clientSecret: 's' });
const graph = useConnector(sharepointOnline, {
  secrets: secretsOf(USER),
  response: () => ({ body: { value: [], id: '1' } }),
});
const run = async (name: string, input: unknown, authType = USER) => {
  await graph.use({ secrets: secretsOf(authType) });
  return graph.run(name, input);
};
const sent = () => graph.received.map(({ method, url }) => `${method} ${decodeURI(url)}`);

describe('requests of the SharePoint actions', () => {
  it.each<[string, unknown, string]>([
    ['getAllSites', undefined, 'GET /v1.0/sites?search=*'],
    ['getAllSites', { search: 'team' }, 'GET /v1.0/sites?search=team'],
    ['getSite', { siteId: 'a.test,1,2' }, 'GET /v1.0/sites/a.test%2C1%2C2'],
    ['getSite', { relativeUrl: 'a.test:/sites/x y' }, 'GET /v1.0/sites/a.test:/sites/x y'],
    ['getSitePages', { siteId: 's' }, 'GET /v1.0/sites/s/pages'],
    [
      'getSitePageContents',
      { siteId: 's', pageId: 'p' },
      'GET /v1.0/sites/s/pages/p/microsoft.graph.sitePage?%24expand=canvasLayout',
    ],
    ['getSiteDrives', { siteId: 's' }, 'GET /v1.0/sites/s/drives'],
    ['getSiteLists', { siteId: 's' }, 'GET /v1.0/sites/s/lists'],
    [
      'getSiteListItems',
      { siteId: 's', listId: 'l' },
      'GET /v1.0/sites/s/lists/l/items?%24expand=fields',
    ],
    ['getDriveItems', { driveId: 'd' }, 'GET /v1.0/drives/d/root/children'],
    ['getDriveItems', { driveId: 'd', path: '/a/b/' }, 'GET /v1.0/drives/d/root:/a/b:/children'],
    [
      'callGraphAPI',
      { method: 'GET', path: '/v1.0/me', query: { $top: 1 } },
      'GET /v1.0/me?%24top=1',
    ],
  ])('%s with the input %j sends %s', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
    expect(graph.received[0]?.headers.authorization).toBe('Bearer dev-only-token');
  });

  it('getAllSites lists all sites for the application itself', async () => {
    await run('getAllSites', { search: 'team' }, APP);
    expect(sent()).toEqual(['GET /v1.0/sites/getAllSites']);
  });

  it.each([
    [USER, {}],
    [APP, { region: 'EUR' }],
  ])(
    'search with %s sends a region only if the token is that of the application',
    async (authType, region) => {
      const input = { query: 'plan', entityTypes: ['driveItem'], size: 5, region: 'EUR' };
      await run('search', input, authType);
      const { size, entityTypes } = input;
      expect(JSON.parse(graph.received[0]?.body ?? '')).toEqual({
        requests: [{ entityTypes, query: { queryString: 'plan' }, from: 0, size, ...region }],
      });
    },
  );

  it.each([
    ['getSite', {}],
    ['getSite', { siteId: 's', relativeUrl: 'a.test:/x' }],
    ['getSite', { relativeUrl: 'https://a.test/x' }],
    ['getSite', { relativeUrl: 'a.test:/..' }],
    ['getDriveItems', { driveId: 'd', path: '../x' }],
    ['getDriveItems', { driveId: 'd', pageToken: FOREIGN }],
    ['getSitePages', { siteId: 's', pageToken: '/v1.0/users' }],
    ['search', { query: 'a', size: 501 }],
    ['callGraphAPI', { method: 'DELETE', path: '/v1.0/me' }],
    ['callGraphAPI', { method: 'GET', path: FOREIGN }],
    ['callGraphAPI', { method: 'GET', path: '/beta/me' }],
    ['callGraphAPI', { method: 'GET', path: '/v1.0/../beta/me' }],
    ['callGraphAPI', { method: 'GET', path: '/v1.0/%2e%2e/beta' }],
    ['callGraphAPI', { method: 'GET', path: '/v1.0/\\foreign.test' }],
    ['downloadItemFromURL', { downloadUrl: 'http://a.sharepoint.com/f' }],
    ['downloadItemFromURL', { downloadUrl: 'https://a.sharepoint.com.foreign.test/f' }],
    ['downloadItemFromURL', { downloadUrl: 'https://a.sharepoint.com:8443/f' }],
    ['downloadItemFromURL', { downloadUrl: 'https://u:p@a.sharepoint.com/f' }],
    ['downloadItemFromURL', { downloadUrl: 'https://graph.microsoft.com/v1.0/me' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(graph.received).toEqual([]);
  });

  it('F166: getSite refuses an address with very many slashes in linear time', async () => {
    const relativeUrl = `a.test:${'/'.repeat(100_000)}?`;
    const startedAt = process.cpuUsage();
    await expect(run('getSite', { relativeUrl })).rejects.toThrow();
    // A pattern that searches from each slash takes 9 s.
    expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(3);
  });
});

describe('results of the SharePoint actions', () => {
  it('contain the link to the next page, even if it has another path', async () => {
    const next = 'https://graph.microsoft.com/v1.0/drives(1)/items?$skiptoken=2';
    graph.response = ({ url }) => ({
      body: { value: [{ id: '1' }], ...(url.includes('skip') ? {} : { '@odata.nextLink': next }) },
    });
    const page = await run('getDriveItems', { driveId: 'd' });
    expect(page).toEqual({ value: [{ id: '1' }], '@odata.nextLink': next });
    expect(await run('getDriveItems', { driveId: 'd', pageToken: next })).toEqual({
      value: [{ id: '1' }],
    });
    expect(sent()[1]).toBe('GET /v1.0/drives(1)/items?$skiptoken=2');
  });

  it('are errors when the cursor is a link to another host, to which no request is sent', async () => {
    graph.response = () => ({ body: { value: [], '@odata.nextLink': FOREIGN } });
    await expect(run('getAllSites', {})).rejects.toThrow('links to another host');
    expect(graph.received).toHaveLength(1);
  });

  it('contain the text of a file, its type and its size', async () => {
    graph.response = ({ url }) =>
      url.endsWith('content') ? { body: 'grün' } : { body: { id: 'i', file: { mimeType: 'a/b' } } };
    expect(await run('downloadDriveItem', { driveId: 'd', itemId: 'i' })).toEqual({
      contentType: 'a/b',
      contentLength: 5,
      text: 'grün',
    });
  });

  it('C45: contain a file that was requested by its own URL, without credentials', async () => {
    graph.response = () => ({ body: Buffer.from([0, 255]), headers: { 'content-type': 'a/b' } });
    const downloadUrl = 'https://contoso.sharepoint.com/f?tempauth=1';
    expect(await run('downloadItemFromURL', { downloadUrl })).toEqual({
      contentType: 'a/b',
      contentLength: 2,
      base64: 'AP8=',
    });
    expect(graph.received[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('errors of the SharePoint actions', () => {
  const fails = (status: number, headers = {}, name = 'getSite') => {
    const error = { code: 'itemNotFound', message: 'No', innerError: { 'request-id': 'r-1' } };
    graph.response = () => ({ status, headers, body: { error } });
    const input = name === 'getSite' ? { siteId: 's' } : { method: 'GET', path: '/v1.0/me' };
    return run(name, input).catch((thrown: unknown) => thrown);
  };

  it.each(['getSite', 'callGraphAPI'])(
    'of %s contain code, message and request id',
    async (name) => {
      expect(await fails(404, {}, name)).toMatchObject({
        message: 'Microsoft Graph error (404): itemNotFound: No [request r-1]',
        whoActs: 'user',
      });
    },
  );

  it('state how long to wait after a rate limit', async () => {
    for (const status of [429, 503])
      expect(await fails(status, { 'retry-after': '60' })).toMatchObject({
        isRateLimit: true,
        retryAfterMs: 60_000,
      });
  });
});

it('the form of the SharePoint connector needs only a tenant, a client id and a secret', () => {
  expect(sharepointOnline.schema?.parse({ tenant: 'contoso.com' })).toEqual({
    tenant: 'contoso.com',
  });
  const schema = generateSecretsSchemaFromSpec(sharepointOnline);
  for (const [authType, scope] of [
    [APP, 'https://graph.microsoft.com/.default'],
    [USER, 'https://graph.microsoft.com/.default offline_access'],
  ]) {
    const secrets = { authType, clientId: 'c', clientSecret: 's' };
    expect(schema.parse(secrets)).toEqual({ ...secrets, scope });
  }
  expect(schema.parse({ authType: 'ears' })).toMatchObject({ provider: 'microsoft' });
});
