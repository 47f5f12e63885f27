import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { salesforce } from './salesforce.ts';

const OAUTH = { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' };
const RECORD = '001000000000001AAA';
const NEXT = '/services/data/v66.0/query/01g000000000001-2000';

const api = useConnector(salesforce, {
  secrets: OAUTH,
  config: { loginHost: 'org.my.salesforce.com' },
  grant: { instance_url: 'https://acme.my.salesforce.com' },
  response: ({ url }) => ({
    body: url.includes('/search?')
      ? { searchRecords: [{ Id: RECORD }] }
      : { totalSize: 1, done: true, records: [{ Id: RECORD }] },
  }),
});
const { run, use } = api;
const sent = () => api.received.map(({ method, url }) => `${method} ${url}`);
/** A request with its query decoded, so that different encodings of one query are equal. */
const plain = (request: string) => {
  const [method = '', target = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(target, 'https://a.test');
  return { method, pathname, query: [...searchParams] };
};

describe('requests of the Salesforce actions', () => {
  it('go to the organization of the user, or to the login host when the application itself is authorized', async () => {
    const input = { sobjectName: 'Account', recordId: RECORD };
    await run('get_record', input);
    expect([...api.origins]).toEqual(['https://acme.my.salesforce.com']);
    await use({ secrets: { ...OAUTH, authType: 'oauth_client_credentials' }, grant: {} });
    await run('get_record', input);
    expect([...api.origins]).toEqual(['https://org.my.salesforce.com']);
  });

  it('are not sent when the organization of the user is not known', async () => {
    await use({ grant: {} });
    await expect(run('describe', { sobjectName: 'Account' })).rejects.toThrow('instance_url');
    expect(api.received).toEqual([]);
  });

  it('escape every special character of a search term', async () => {
    const searchTerm = `a} RETURNING User(Id) {b & "c" \\ d* e-f`;
    await run('search', { searchTerm, returning: 'Account' });
    const [q] = plain(sent()[0] ?? '').query[0]?.slice(1) ?? [];
    expect(q).toBe(
      'FIND {a\\} RETURNING User\\(Id\\) \\{b \\& \\"c\\" \\\\ d\\* e\\-f} IN ALL FIELDS RETURNING Account',
    );
  });

  it.each([
    'https://evil.test/services/data/v66.0/query/1',
    '//evil.test/services/data/',
    '/services/oauth2/token',
    '/services/data/../oauth2/token',
    '/services/data/',
    '/services/data/a//b',
    '/services/data/v66.0/sobjects/Account',
    '/services/data/v66.0/query/..',
    '/services/data/v66.0/query/a/b',
    '/services/data/v66.0/query/1?q=a#b',
  ])('are not sent to the link %s', async (nextRecordsUrl) => {
    await expect(run('query', { soql: 'x', nextRecordsUrl })).rejects.toThrow();
    expect(api.received).toEqual([]);
  });

  it.each([
    ['get_record', { sobjectName: 'Account/../User', recordId: RECORD }],
    ['get_record', { sobjectName: 'Account', recordId: '1' }],
    ['describe', { sobjectName: 'Account?x' }],
    ['list_records', { sobjectName: 'Account LIMIT 1' }],
    ['list_records', { sobjectName: 'Account', limit: 2_001 }],
    ['search', { searchTerm: 'ab', returning: 'Account} FIND {x' }],
    ['download_file', { contentVersionId: 'a/b' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(api.received).toEqual([]);
  });
});

describe('results of the Salesforce actions', () => {
  it('contain the link to the next page', async () => {
    const page = { totalSize: 3, done: false, nextRecordsUrl: NEXT, records: [{ Id: RECORD }] };
    api.response = () => ({ body: page });
    expect(await run('query', { soql: 'SELECT Id FROM Account' })).toEqual(page);
  });

  it.each([
    ['query', { soql: 'SELECT Id FROM Account' }],
    ['list_records', { sobjectName: 'Account' }],
  ])('of %s contain the records of all pages on request', async (name, input) => {
    const first = { totalSize: 3, done: false, nextRecordsUrl: NEXT };
    api.response = ({ url }) => ({
      body:
        url === NEXT
          ? { totalSize: 3, done: true, records: [{ Id: '3' }] }
          : { ...first, records: [{ Id: '1' }, { Id: '2' }] },
    });
    expect(await run(name, { ...input, all: true })).toEqual({
      totalSize: 3,
      done: true,
      records: [{ Id: '1' }, { Id: '2' }, { Id: '3' }],
    });
    expect(sent().at(-1)).toBe(`GET ${NEXT}`);
    expect(api.received).toHaveLength(2);
  });

  it('of query end at the maximum number of records, and contain the link to the rest', async () => {
    const records = Array.from({ length: 2_000 }, (_, index) => ({ Id: String(index) }));
    const linkOf = (page: number) => NEXT.replace('2000', String(page));
    api.response = () => ({
      body: {
        totalSize: 50_000,
        done: false,
        nextRecordsUrl: linkOf(api.received.length),
        records,
      },
    });
    const result = await run('query', { soql: 'SELECT Id FROM Account', all: true });
    expect(result).toMatchObject({ done: false, nextRecordsUrl: linkOf(5) });
    expect(api.received).toHaveLength(5);
  });

  it('of query are refused when they contain a link to another host', async () => {
    const page = { totalSize: 1, done: false, nextRecordsUrl: `https://evil.test${NEXT}` };
    api.response = () => ({ body: { ...page, records: [] } });
    await expect(run('query', { soql: 'x', all: true })).rejects.toThrow('another host');
  });

  it('of download_file are the bytes of the file', async () => {
    api.response = () => ({ body: Buffer.from([0, 255]) });
    expect(await run('download_file', { contentVersionId: RECORD })).toEqual({
      ...{ id: RECORD, size: '2', content: 'AP8=', encoding: 'base64' },
    });
  });
});

describe('errors of the Salesforce actions', () => {
  const fails = (status: number, errorCode: string) => {
    api.response = () => ({ status, body: [{ errorCode, message: 'Not so' }] });
    return run('query', { soql: 'x' }).catch((error: unknown) => error);
  };

  it('contain code and message from the list in the response', async () => {
    expect(await fails(400, 'MALFORMED_QUERY')).toMatchObject({
      message: 'Salesforce API error (400): MALFORMED_QUERY: Not so',
      whoActs: 'user',
    });
  });

  it('say that an administrator must act when the organization has no access to the API', async () => {
    expect(await fails(403, 'API_DISABLED_FOR_ORG')).toMatchObject({ whoActs: 'administrator' });
    expect(await fails(403, 'INSUFFICIENT_ACCESS')).toMatchObject({ whoActs: 'user' });
  });

  it('with status 403 are rate limits when they have the code of a rate limit', async () => {
    expect(await fails(403, 'REQUEST_LIMIT_EXCEEDED')).toMatchObject({
      isRateLimit: true,
      whoActs: 'nobody',
    });
  });
});

it('the authorization of Salesforce requests the API and a refresh token, and its form needs no URLs', () => {
  const parsed = getSchemaForAuthType(salesforce.auth?.types[0] ?? '').schema.parse(OAUTH);
  expect(parsed).toMatchObject({ scope: 'api refresh_token' });
});
