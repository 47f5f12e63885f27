import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { oneDrive } from './one_drive.ts';

const graph = useConnector(oneDrive, {
  secrets: { authType: 'ears', provider: 'microsoft' },
  response: () => ({ body: { value: [], id: '1' } }),
});
const { run } = graph;

const sent = () => graph.received.map(({ method, url }) => `${method} ${url}`);

describe('requests of the OneDrive actions', () => {
  it.each([
    ['getMe', {}, 'GET /v1.0/me'],
    ['getDrive', {}, 'GET /v1.0/me/drive'],
    ['getItemChildren', {}, 'GET /v1.0/me/drive/root/children?%24top=50'],
    [
      'getItemChildren',
      { itemId: 'a!1', top: 5 },
      'GET /v1.0/me/drive/items/a!1/children?%24top=5',
    ],
    [
      'search',
      { query: "o'neil & co/x" },
      "GET /v1.0/me/drive/root/search(q='o''neil%20%26%20co%2Fx')?%24top=25",
    ],
    ['getFileMetadata', { itemId: 'i' }, 'GET /v1.0/me/drive/items/i'],
    ['getFileMetadata', { itemId: 'i', driveId: 'd' }, 'GET /v1.0/drives/d/items/i'],
    ['listSharedWithMe', {}, 'GET /v1.0/me/drive/sharedWithMe'],
    ['listRecentFiles', {}, 'GET /v1.0/me/drive/recent'],
  ])('%s with the input %j sends %s', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it.each([
    ['getItemChildren', { top: 201 }],
    ['search', { query: '' }],
    ['search', { query: 'a', pageToken: 'https://foreign.test/v1.0/me/drive' }],
    ['getFileMetadata', { itemId: '..' }],
    ['getFileContent', { itemId: 'i', driveId: '..' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(graph.received).toEqual([]);
  });
});

describe('the content of a file', () => {
  const aFile = (content: Buffer, facts: object = { file: { mimeType: 'a/b' } }) => {
    graph.response = ({ url }) =>
      url.endsWith('/content') ? { body: content } : { body: { id: 'i', size: 3, ...facts } };
  };

  it.each([
    ['text', Buffer.from('hé'), { content: 'hé', encoding: 'utf-8', mimeType: 'a/b' }],
    ['base64', Buffer.from([0, 255]), { content: 'AP8=', encoding: 'base64', mimeType: 'a/b' }],
  ])('is returned as %s', async (_, bytes, expected) => {
    aFile(bytes);
    expect(await run('getFileContent', { itemId: 'i' })).toEqual(expected);
    expect(await run('getFileContent', { itemId: 'i', driveId: 'd' })).toEqual(expected);
    expect(sent().filter((one) => one.endsWith('/content'))).toEqual([
      'GET /v1.0/me/drive/items/i/content',
      'GET /v1.0/drives/d/items/i/content',
    ]);
  });

  it('is not requested for a folder, which has no content', async () => {
    aFile(Buffer.from(''), { folder: { childCount: 1 } });
    await expect(run('getFileContent', { itemId: 'i' })).rejects.toThrow('a folder has no content');
    expect(graph.received).toHaveLength(1);
  });

  it('C45: is not requested from a host that does not belong to Microsoft', async () => {
    graph.response = ({ url }) =>
      url.endsWith('/content')
        ? { status: 302, headers: { location: 'https://sharepoint.com.foreign.test/x' } }
        : { body: { id: 'i', file: {} } };
    await expect(run('getFileContent', { itemId: 'i' })).rejects.toThrow(
      'redirected to another host',
    );
  });
});
