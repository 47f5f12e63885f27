import { z } from 'zod';
import * as graph from '../../microsoft_graph/index.ts';
import { pageSize, text, texts } from '../../operations/index.ts';
import { channelOf, chat, chatOf, message, operation } from './fields.ts';

const READ_CHATS = graph.needs('Chat.Read', 'Chat.ReadWrite', 'Chat.ReadBasic');
/**
 * Scopes for messages. `Chat.ReadBasic` is not among them, because it does not permit reading
 * messages.
 */
const READ_MESSAGES = graph.needs('Chat.Read', 'Chat.ReadWrite');

/** Inputs of a list of messages or chats. */
const page = {
  top: pageSize('Items', { max: 50, byDefault: 20 }),
  pageToken: graph.pageToken(),
};
const paging = { wire: { top: '$top' }, pages: graph.graphPages } as const;

/** Input that selects a user. The application itself has no teams and chats of its own. */
const ofUser = {
  userId: graph
    .id()
    .optional()
    .describe('Id or user principal name of a user. Required with client credentials only'),
};
const requiredWith = { oauth_client_credentials: ['userId'] } as const;

/** Actions that find and read teams, channels, chats and messages. */
export const readActions = {
  listJoinedTeams: operation('GET /users/{userId}/joinedTeams', {
    ...graph.needs('Team.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All', 'User.Read.All'),
    description:
      'Lists teams of the user who connected, or of another user, with id and name. Use listChannels for their channels.',
    input: { pageToken: graph.pageToken(), ...ofUser },
    pathWithout: { userId: '/me/joinedTeams' },
    requiredWith,
    output: z.looseObject({ id: z.string(), displayName: text(), description: text() }),
    pages: graph.graphPages,
  }),
  listChannels: operation('GET /teams/{teamId}/channels', {
    ...graph.needs('Channel.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All'),
    description: 'Lists channels of a team with id, name and description.',
    input: { teamId: channelOf.teamId, pageToken: graph.pageToken() },
    output: z.looseObject({
      id: z.string(),
      ...texts('displayName', 'description', 'membershipType', 'webUrl'),
    }),
    pages: graph.graphPages,
  }),
  listChannelMessages: operation('GET /teams/{teamId}/channels/{channelId}/messages', {
    ...graph.needs('ChannelMessage.Read.All', 'Group.Read.All', 'Group.ReadWrite.All'),
    description:
      'Lists messages of a channel, the latest changed first, without their replies, one page at a time.',
    input: { ...channelOf, ...page },
    ...paging,
    output: message,
  }),
  listChats: operation('GET /users/{userId}/chats', {
    ...READ_CHATS,
    description:
      'Lists chats of the user who connected, or of another user, with id, type and topic. Use listChatMessages for their messages.',
    input: { ...page, ...ofUser },
    pathWithout: { userId: '/me/chats' },
    requiredWith,
    ...paging,
    output: chat,
  }),
  listChatMessages: operation('GET /chats/{chatId}/messages', {
    ...READ_MESSAGES,
    description: 'Lists messages of a chat, the newest first, one page at a time.',
    input: { ...chatOf, ...page },
    ...paging,
    output: message,
  }),
  searchMessages: operation('POST /search/query', {
    // The last one permits finding messages of channels, the others those of chats.
    ...graph.needs('Chat.Read', 'Chat.ReadWrite', 'ChannelMessage.Read.All'),
    description:
      'Searches messages of chats and channels that the user can read, with a query in KQL. Works only for users, not with client credentials.',
    ...graph.searchFor(['chatMessage'], {
      ...graph.searchPage({ max: 25, byDefault: 25 }),
      enableTopResults: z
        .boolean()
        .default(false)
        // Microsoft documents this field for email only, so it is sent only on request.
        .transform((isRequested) => isRequested || undefined)
        .describe('true: the most relevant first. Default: the newest first'),
    }),
  }),
  getUser: operation('GET /users/{userId}', {
    // The last one permits reading the user who connected.
    ...graph.needs('User.ReadBasic.All', 'User.Read.All', 'User.Read'),
    description:
      'Reads one user of the tenant: id, name and email address. Use it to find the id of a user for createChat.',
    input: { userId: graph.id().describe('Id or user principal name of the user') },
    output: graph.user,
  }),
};
