import { describe, expect, it } from 'vitest';
import { ConnectorAuthorizationError, getConnectorActionErrorMeta } from '../../contract/errors.ts';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import type { ServiceResponse } from '../../contract_tests/local_service.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { googleDrive } from './google_drive.ts';

const DOC = 'application/vnd.google-apps.document';
const SHEET = 'application/vnd.google-apps.spreadsheet';
const SLIDES = 'application/vnd.google-apps.presentation';
const FOLDER = 'application/vnd.google-apps.folder';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]);

const drive = useConnector(googleDrive, {
  secrets: { authType: 'bearer', token: 'dev-canary-token' },
  response: () => ({}),
});
const { run } = drive;

const sent = () =>
  drive.received.map(({ url }) => {
    const { pathname, searchParams } = new URL(url, 'https://x.test');
    return { path: pathname, query: Object.fromEntries(searchParams) };
  });

const aDriveError = (status: number, reason: string): ServiceResponse => ({
  status,
  headers: { 'x-echo': 'Bearer dev-canary-token' },
  body: {
    error: { code: status, message: 'no: Bearer dev-canary-token', errors: [{ reason }] },
  },
});

describe('the Google Drive action searchFiles', () => {
  it('sends the query unchanged, and returns files and the token of the next page', async () => {
    const file = { id: '1', name: 'Plan', mimeType: 'text/csv', size: '12', unknown: true };
    drive.response = () => ({
      body: { files: [file], nextPageToken: 'p2', kind: 'drive#fileList' },
    });
    const response = await run('searchFiles', {
      query: "name contains 'a&b'",
      orderBy: 'name desc',
    });
    expect(response).toEqual({
      files: [{ id: '1', name: 'Plan', mimeType: 'text/csv', size: '12' }],
      nextPageToken: 'p2',
    });
    expect(sent()).toEqual([
      {
        path: '/drive/v3/files',
        query: {
          q: "name contains 'a&b'",
          pageSize: '250',
          orderBy: 'name desc',
          fields: expect.stringContaining('webViewLink'),
          supportsAllDrives: 'true',
          includeItemsFromAllDrives: 'true',
        },
      },
    ]);
  });

  it('treats an empty sort order and page token as absent', async () => {
    await run('searchFiles', { query: 'x', orderBy: '', pageToken: '' });
    const { orderBy, pageToken, ...query } = sent()[0]?.query ?? {};
    expect({ orderBy, pageToken, q: query['q'] }).toEqual({ q: 'x' });
  });

  it.each([{ query: '' }, { query: 'x', pageSize: 1_001 }, { query: 'x', orderBy: 'size' }, {}])(
    'rejects the input %j',
    async (input) => {
      await expect(run('searchFiles', input)).rejects.toThrow();
      expect(drive.received).toEqual([]);
    },
  );
});

describe('the Google Drive action listFiles', () => {
  it.each([
    [{}, "'root' in parents and trashed=false"],
    [{ folderId: '' }, "'root' in parents and trashed=false"],
    [{ folderId: 'f1', includeTrashed: true }, "'f1' in parents"],
    [{ folderId: "x' or '1'='1" }, "'x\\' or \\'1\\'=\\'1' in parents and trashed=false"],
    [{ folderId: "\\' or 1" }, "'\\\\\\' or 1' in parents and trashed=false"],
  ])('for the input %j sends the query %s', async (input, q) => {
    await run('listFiles', input);
    expect(sent()[0]?.query['q']).toBe(q);
  });

  it('reads all pages with the same query when the input `all` is set', async () => {
    drive.response = ({ url }) =>
      url.includes('pageToken')
        ? { body: { files: [{ id: '2' }] } }
        : { body: { files: [{ id: '1' }], nextPageToken: 'p2' } };
    const response = await run('listFiles', { folderId: 'f1', all: true });
    expect(response).toEqual({ files: [{ id: '1' }, { id: '2' }] });
    const queries = sent().map(({ query: { q, pageToken } }) => ({ q, pageToken }));
    const q = "'f1' in parents and trashed=false";
    expect(queries).toEqual([{ q }, { q, pageToken: 'p2' }]);
  });
});

describe('the Google Drive action downloadFile', () => {
  const aFile = (mimeType: string, content: string | Buffer, size?: string) => {
    drive.response = ({ url }) =>
      url.includes('alt=media') || url.includes('/export')
        ? { body: content }
        : { body: { id: 'f1', name: 'File', mimeType, ...(size === undefined ? {} : { size }) } };
  };

  it.each([
    [DOC, 'text', 'text/markdown', 'utf-8'],
    [SHEET, 'text', 'text/csv', 'utf-8'],
    [SLIDES, 'text', 'text/plain', 'utf-8'],
    [DOC, 'arraybuffer', 'application/pdf', 'base64'],
    [SHEET, 'arraybuffer', XLSX, 'base64'],
    [SLIDES, 'arraybuffer', 'application/pdf', 'base64'],
  ])('exports %s for the format %s as %s', async (mimeType, responseType, exported, encoding) => {
    aFile(mimeType, 'Grüße', '999');
    const response = await run('downloadFile', { fileId: 'f1', responseType });
    const content = encoding === 'utf-8' ? 'Grüße' : Buffer.from('Grüße').toString('base64');
    expect(response).toEqual({
      id: 'f1',
      name: 'File',
      mimeType: exported,
      size: '7',
      content,
      encoding,
    });
    expect(sent()).toEqual([
      {
        path: '/drive/v3/files/f1',
        query: { fields: 'id, name, mimeType, size', supportsAllDrives: 'true' },
      },
      { path: '/drive/v3/files/f1/export', query: { mimeType: exported } },
    ]);
  });

  it('keeps every byte of a file that is not exported', async () => {
    aFile('image/png', PNG, '6');
    for (const responseType of ['arraybuffer', 'text']) {
      expect(await run('downloadFile', { fileId: 'f1', responseType })).toMatchObject({
        mimeType: 'image/png',
        size: '6',
        content: PNG.toString('base64'),
        encoding: 'base64',
      });
    }
    expect(sent()[1]?.query['alt']).toBe('media');
  });

  it('returns a text file of any type as text on request, without parsing JSON', async () => {
    aFile('application/json', '{"a": 1}', '8');
    expect(await run('downloadFile', { fileId: 'f1', responseType: 'text' })).toMatchObject({
      content: '{"a": 1}',
      encoding: 'utf-8',
    });
  });

  it('reports the size of a file that is too large', async () => {
    aFile('video/mp4', Buffer.alloc(1_100_000), '1100000');
    const error: unknown = await run('downloadFile', { fileId: 'f1' }).catch((e: unknown) => e);
    expect(String(error)).toContain('maxContentLength');
    expect(getConnectorActionErrorMeta(error)).toEqual({
      contentLengthBytes: 1_100_000,
      estimatedOutputBytes: 1_466_668,
    });
  });

  it('rejects a folder without requesting it', async () => {
    aFile(FOLDER, '');
    await expect(run('downloadFile', { fileId: 'f1' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(drive.received).toHaveLength(1);
  });

  it.each(['../../evil', 'a/../b', '//evil.example.com', '?alt=media', '#x', '@evil'])(
    'C46: encodes the file id %o as one path segment',
    async (fileId) => {
      aFile('text/csv', 'a', '1');
      await run('downloadFile', { fileId });
      expect(sent().map(({ path }) => path)).toEqual([
        `/drive/v3/files/${encodeURIComponent(fileId)}`,
        `/drive/v3/files/${encodeURIComponent(fileId)}`,
      ]);
    },
  );

  it.each(['.', '..', ''])('C46: rejects the file id %o', async (fileId) => {
    await expect(run('downloadFile', { fileId })).rejects.toThrow();
    expect(drive.received).toEqual([]);
  });
});

describe('the Google Drive action getFileMetadata', () => {
  it('reads files of shared drives, and keeps the order of the ids', async () => {
    drive.response = ({ url }) => ({
      body: { id: url.match(/files\/(\w+)/)?.[1], owners: [{ displayName: 'Ana' }] },
    });
    const fileIds = Array.from({ length: 12 }, (_, index) => `f${index}`);
    expect(await run('getFileMetadata', { fileIds })).toEqual({
      files: fileIds.map((id) => ({ id, owners: [{ displayName: 'Ana' }] })),
    });
    expect(sent().every(({ query }) => query['supportsAllDrives'] === 'true')).toBe(true);
  });

  it.each([{ fileIds: [] }, { fileIds: [''] }, { fileIds: Array(101).fill('a') }])(
    'rejects a list without ids, with an empty id or with too many ids',
    async (input) => {
      await expect(run('getFileMetadata', input)).rejects.toThrow();
    },
  );
});

describe('errors of the Google Drive actions', () => {
  it('E64: contain status, reason and message, without credentials', async () => {
    drive.response = () => aDriveError(404, 'notFound');
    const error: unknown = await run('listFiles', {}).catch((e: unknown) => e);
    expect(error).toMatchObject({
      message: 'Google Drive API error (404): notFound: no: Bearer […]',
      status: 404,
      reason: 'notFound',
    });
    const shown = `${JSON.stringify(error)} ${String(error)} ${String((error as Error).cause)}`;
    expect(shown).not.toContain('canary');
  });

  it('G101: are reported when a successful response is not a list of files', async () => {
    drive.response = () => ({ body: '<html>Sign in</html>' });
    await expect(run('listFiles', {})).rejects.toMatchObject({ code: 'unexpected_response' });
  });

  it('F76: are rethrown unchanged by handlers when the user must authorize', async () => {
    const needed = new ConnectorAuthorizationError('ears', 'token_revoked', 'authorize');
    drive.context.client.interceptors.response.use(undefined, () => Promise.reject(needed));
    drive.response = () => aDriveError(401, 'authError');
    await expect(run('listFiles', {})).rejects.toBe(needed);
  });
});

describe('the authentication of the Google Drive connector', () => {
  it('needs only client id and secret when an OAuth app of the organisation is used', () => {
    const entry = googleDrive.auth?.types[1] ?? '';
    expect(
      getSchemaForAuthType(entry).schema.parse({
        authType: 'oauth_authorization_code',
        clientId: 'c',
        clientSecret: 'dev-only',
      }),
    ).toMatchObject({
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      scope: expect.stringContaining('auth/drive.readonly'),
    });
  });

  it('needs no secrets when EARS is used', () => {
    const entry = googleDrive.auth?.types[2] ?? '';
    expect(getSchemaForAuthType(entry).schema.parse({ authType: 'ears' })).toMatchObject({
      provider: 'google',
    });
  });

  it('sends the token and requests JSON', async () => {
    drive.response = () => ({ body: { user: { displayName: 'Ana', emailAddress: 'ana@x.test' } } });
    expect(await drive.test()).toEqual({
      user: { displayName: 'Ana', emailAddress: 'ana@x.test' },
    });
    expect(drive.received[0]?.headers).toMatchObject({
      authorization: 'Bearer dev-canary-token',
      accept: 'application/json',
    });
    expect(sent()).toEqual([{ path: '/drive/v3/about', query: { fields: 'user' } }]);
  });
});
