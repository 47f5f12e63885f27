import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { microsoftTeams } from './microsoft_teams.ts';

const graph = useConnector(microsoftTeams, {
  secrets: { authType: 'bearer', token: 't' },
  response: () => ({ body: { value: [], id: '1' } }),
});
const { run, sent } = graph;

const channel = { teamId: 't', channelId: '19:a@thread.tacv2' };
const CHANNEL = '/v1.0/teams/t/channels/19%3Aa%40thread.tacv2';
const boundTo = (user: string) => ({
  '@odata.type': '#microsoft.graph.aadUserConversationMember',
  roles: ['owner'],
  'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${user}')`,
});

const searched = (order: object) => {
  const request = { entityTypes: ['chatMessage'], query: { queryString: 'plan' } };
  return {
    request: 'POST /v1.0/search/query',
    body: { requests: [{ ...request, from: 0, size: 25, ...order }] },
  };
};

describe('requests of the Microsoft Teams actions', () => {
  it.each<[string, unknown, object]>([
    ['listJoinedTeams', {}, { request: 'GET /v1.0/me/joinedTeams' }],
    ['listJoinedTeams', { userId: 'u' }, { request: 'GET /v1.0/users/u/joinedTeams' }],
    ['listChannels', { teamId: 't' }, { request: 'GET /v1.0/teams/t/channels' }],
    ['listChannelMessages', channel, { request: `GET ${CHANNEL}/messages?%24top=20` }],
    ['listChats', { top: 50 }, { request: 'GET /v1.0/me/chats?%24top=50' }],
    ['listChats', { userId: 'u' }, { request: 'GET /v1.0/users/u/chats?%24top=20' }],
    ['listChatMessages', { chatId: 'c' }, { request: 'GET /v1.0/chats/c/messages?%24top=20' }],
    ['getUser', { userId: 'a@b.test' }, { request: 'GET /v1.0/users/a%40b.test' }],
    ['searchMessages', { query: 'plan' }, searched({})],
    [
      'searchMessages',
      { query: 'plan', enableTopResults: true },
      searched({ enableTopResults: true }),
    ],
    [
      'createChat',
      { chatType: 'group', topic: 'Plan', userIds: ["o'x@a.test", 'u2'] },
      {
        request: 'POST /v1.0/chats',
        body: {
          chatType: 'group',
          topic: 'Plan',
          members: [boundTo("o''x%40a.test"), boundTo('u2')],
        },
      },
    ],
    [
      'sendChannelMessage',
      { ...channel, content: '<b>Hi</b>', contentType: 'html' },
      {
        request: `POST ${CHANNEL}/messages`,
        body: { body: { content: '<b>Hi</b>', contentType: 'html' } },
      },
    ],
    [
      'sendChatMessage',
      { chatId: 'c', content: 'Hi' },
      {
        request: 'POST /v1.0/chats/c/messages',
        body: { body: { content: 'Hi', contentType: 'text' } },
      },
    ],
    [
      'updateMessage',
      { ...channel, messageId: 'm', content: 'Hi' },
      {
        request: `PATCH ${CHANNEL}/messages/m`,
        body: { body: { content: 'Hi', contentType: 'text' } },
      },
    ],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it.each(['listJoinedTeams', 'listChats'])(
    '%s requires a user id when the application itself is authorized',
    async (name) => {
      const authType = 'oauth_client_credentials';
      await graph.use({ secrets: { authType, clientId: 'c', clientSecret: 's' } });
      await expect(run(name, {})).rejects.toThrow('[userId] is required');
      expect(graph.received).toEqual([]);
      await run(name, { userId: 'u' });
      expect(graph.received).toHaveLength(1);
    },
  );

  it.each([
    ['listJoinedTeams', {}],
    ['listChannels', { teamId: 't' }],
    ['listChannelMessages', channel],
    ['listChats', {}],
    ['listChatMessages', { chatId: 'c' }],
  ])('%s returns the link to the next page, and requests that page', async (name, input) => {
    const next = 'https://graph.microsoft.com/v1.0/me/chats?%24skiptoken=2';
    graph.response = () => ({ body: { value: [], '@odata.nextLink': next } });
    expect(await run(name, input)).toMatchObject({ '@odata.nextLink': next });
    await run(name, { ...input, pageToken: next });
    expect(sent()[1]?.request).toBe('GET /v1.0/me/chats?%24skiptoken=2');
  });

  it.each([
    ['listChats', { top: 51 }],
    ['listChatMessages', { chatId: '..' }],
    ['listChatMessages', { chatId: 'c', pageToken: 'https://foreign.test/v1.0/x' }],
    ['searchMessages', { query: 'a', size: 26 }],
    ['sendChatMessage', { chatId: 'c', content: '' }],
    ['createChat', { chatType: 'group', userIds: ['one'] }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(graph.received).toEqual([]);
  });
});

it('a Teams message whose response is lost is not sent again', async () => {
  graph.response = () => ({ status: 503, headers: { 'retry-after': '1' } });
  const failure = run('sendChatMessage', { chatId: 'c', content: 'Hi' });
  await expect(failure).rejects.toMatchObject({ status: 503 });
  expect(graph.received).toHaveLength(1);
});
