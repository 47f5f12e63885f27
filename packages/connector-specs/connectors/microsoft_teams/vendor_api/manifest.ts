import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { getService } from '../../../microsoft_graph/graph_api.ts';
import {
  GRAPH_DOCS,
  GRAPH_SOURCE,
  returnsIdOf,
  searchFacts,
  serviceFacts,
} from '../../../microsoft_graph/vendor_facts.ts';

/**
 * Facts of the body that creates a chat. The description lacks the annotations that name a user.
 */
const chatBody = {
  type: 'object',
  required: ['chatType', 'members'],
  properties: {
    chatType: { enum: ['oneOnOne', 'group'] },
    topic: { type: 'string', maxLength: 250 },
    members: {
      type: 'array',
      items: {
        type: 'object',
        required: ['@odata.type', 'user@odata.bind'],
        properties: {
          '@odata.type': { enum: ['#microsoft.graph.aadUserConversationMember'] },
          roles: { type: 'array', items: { enum: ['owner', 'guest'] } },
          'user@odata.bind': { type: 'string' },
        },
      },
    },
  },
};

const MESSAGES = [
  'POST /chats/{chat-id}/messages',
  'POST /teams/{team-id}/channels/{channel-id}/messages',
  'PATCH /teams/{team-id}/channels/{channel-id}/messages/{chatMessage-id}',
];

/**
 * Facts of the body of a message. The description requires annotations that the service does not
 * require.
 */
const messageBody = {
  type: 'object',
  required: ['body'],
  properties: {
    body: {
      type: 'object',
      required: ['content'],
      properties: { contentType: { enum: ['text', 'html'] }, content: { type: 'string' } },
    },
  },
};

/** Scopes for the settings of channels and for the directory. They also permit listing channels. */
const FOR_ADMINISTRATORS = [
  ...['ChannelSettings.Read.All', 'ChannelSettings.ReadWrite.All'],
  ...['Directory.Read.All', 'Directory.ReadWrite.All'],
];

/** Microsoft's own description of Graph. */
export const manifest: VendorManifest = {
  origins: ['https://graph.microsoft.com'],
  // A chat that is created has owners. Guests are users of another tenant.
  unusedValues: { 'POST /chats members[].roles[]': ['guest'] },
  source: GRAPH_SOURCE,
  basePath: '/v1.0',
  test: getService,
  overlays: [
    ...returnsIdOf(
      'list',
      'GET /me/joinedTeams',
      'GET /users/{user-id}/joinedTeams',
      'GET /teams/{team-id}/channels',
      'GET /teams/{team-id}/channels/{channel-id}/messages',
      'GET /me/chats',
      'GET /users/{user-id}/chats',
      'GET /chats/{chat-id}/messages',
    ),
    ...returnsIdOf('item', 'GET /users/{user-id}'),
    ...returnsIdOf(
      'entity',
      'POST /chats',
      'POST /chats/{chat-id}/messages',
      'POST /teams/{team-id}/channels/{channel-id}/messages',
    ),
    ...MESSAGES.map((route) => ({
      route,
      at: ['body', 'schemas', 'application/json'],
      value: messageBody,
      source: `${GRAPH_DOCS}/chatmessage-post`,
    })),
    {
      route: 'POST /chats',
      at: ['body', 'schemas', 'application/json'],
      value: chatBody,
      source: `${GRAPH_DOCS}/chat-post`,
    },
  ],
  added: {
    'GET /': serviceFacts,
    'POST /search/query': searchFacts(['chatMessage'], {
      size: { type: 'integer', minimum: 1, maximum: 25 },
      enableTopResults: { type: 'boolean' },
    }),
  },
  scopes: {
    'GET /teams/{team-id}/channels': {
      scopes: [
        ...[
          'Channel.ReadBasic.All',
          'Group.Read.All',
          'Group.ReadWrite.All',
          ...FOR_ADMINISTRATORS,
        ],
      ],
      source: `${GRAPH_DOCS}/channel-list`,
    },
    'GET /chats/{chat-id}/messages': {
      scopes: ['Chat.Read', 'Chat.ReadWrite'],
      source: `${GRAPH_DOCS}/chat-list-messages`,
    },
    'POST /chats': { scopes: ['Chat.Create', 'Chat.ReadWrite'], source: `${GRAPH_DOCS}/chat-post` },
    'POST /chats/{chat-id}/messages': {
      scopes: ['ChatMessage.Send', 'Chat.ReadWrite', 'Group.ReadWrite.All'],
      source: `${GRAPH_DOCS}/chat-post-messages`,
    },
  },
  unusedScopes: FOR_ADMINISTRATORS,
  scopeNames: [
    ...['Team.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All', 'Channel.ReadBasic.All'],
    ...['ChannelMessage.Read.All', 'ChannelMessage.ReadWrite', 'ChannelMessage.Send'],
    ...['Chat.Create', 'Chat.Read', 'Chat.ReadBasic', 'Chat.ReadWrite', 'ChatMessage.Send'],
    ...['User.Read', 'User.Read.All', 'User.ReadBasic.All'],
  ],
};
