import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { outlook } from './outlook.ts';

const FIELDS = 'id%2Csubject%2CbodyPreview';

const graph = useConnector(outlook, {
  secrets: { authType: 'ears', provider: 'microsoft' },
  response: () => ({ body: { value: [], id: '1' } }),
});
const { run } = graph;

const sent = () => graph.received.map(({ method, url }) => `${method} ${url}`);

describe('requests of the Outlook actions', () => {
  it.each([
    ['getMessage', { messageId: 'AA=/x' }, 'GET /v1.0/me/messages/AA%3D%2Fx'],
    [
      'getAttachment',
      { messageId: 'm', attachmentId: 'a' },
      'GET /v1.0/me/messages/m/attachments/a',
    ],
    // Without a selection, the list would contain the content of all attachments.
    [
      'listAttachments',
      { messageId: 'm' },
      'GET /v1.0/me/messages/m/attachments?%24select=id%2Cname%2CcontentType%2Csize%2CisInline%2ClastModifiedDateTime',
    ],
    ['listFolders', {}, 'GET /v1.0/me/mailFolders?includeHiddenFolders=false'],
    ['listFolders', { includeHidden: true }, 'GET /v1.0/me/mailFolders?includeHiddenFolders=true'],
  ])('%s with the input %j sends %s', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it.each([
    [
      {},
      `GET /v1.0/me/messages?%24select=${FIELDS}`,
      '&%24top=20&%24orderby=receivedDateTime%20desc',
    ],
    [
      { folderId: 'inbox', top: 5, filter: 'isRead eq false', orderby: 'subject' },
      `GET /v1.0/me/mailFolders/inbox/messages?%24select=${FIELDS}`,
      '&%24top=5&%24filter=isRead%20eq%20false&%24orderby=subject',
    ],
    [
      { filter: 'isRead eq false' },
      `GET /v1.0/me/messages?%24select=${FIELDS}`,
      // Outlook refuses an order by a field that is not in the filter.
      '&%24top=20&%24filter=isRead%20eq%20false',
    ],
  ])(
    'listMessages with the input %j sends fields, page, filter and order',
    async (input, start, end) => {
      await run('listMessages', input);
      const [request = ''] = sent();
      expect([request.startsWith(start), request.endsWith(end)]).toEqual([true, true]);
    },
  );

  it('searchMessages sends one search for messages', async () => {
    await run('searchMessages', { query: 'from:anna', from: 10 });
    expect(sent()).toEqual(['POST /v1.0/search/query']);
    expect(JSON.parse(graph.received[0]?.body ?? '')).toEqual({
      requests: [
        { entityTypes: ['message'], query: { queryString: 'from:anna' }, from: 10, size: 10 },
      ],
    });
  });

  it.each([
    ['searchMessages', { query: 'a', size: 26 }],
    ['searchMessages', { query: '' }],
    ['listMessages', { top: 101 }],
    ['listMessages', { pageToken: 'https://foreign.test/v1.0/me/messages' }],
    ['getMessage', { messageId: '..' }],
    ['getAttachment', { messageId: 'm' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(graph.received).toEqual([]);
  });
});

it('the content of an attachment is returned as the API sends it', async () => {
  const file = { id: 'a', name: 'x.txt', contentType: 'text/plain', contentBytes: 'eA==' };
  graph.response = () => ({ body: file });
  expect(await run('getAttachment', { messageId: 'm', attachmentId: 'a' })).toEqual(file);
});

it('the connection test of Outlook reads the account, but does not return its data', async () => {
  expect(await graph.test()).toEqual({});
  expect(sent()).toEqual(['GET /v1.0/me']);
});
