import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import type { ActionContext } from '../../contract/types.ts';
import {
  graphPages,
  id,
  isAppOnly,
  needs,
  operation,
  pageToken,
  user,
} from '../../microsoft_graph/graph_api.ts';
import { from, kql, searchQuery, searchResult, size } from '../../microsoft_graph/search.ts';
import { text, texts } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { channelOf, chat, chatOf, message, page, paging, userId } from './fields.ts';

const READ_TEAMS = {
  scope: 'read',
  ...needs('Team.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All'),
} as const;
const READ_CHATS = {
  scope: 'read',
  ...needs('Chat.Read', 'Chat.ReadWrite', 'Chat.ReadBasic'),
} as const;
/**
 * Scopes for messages. `Chat.ReadBasic` is not among them, because it does not permit reading
 * messages.
 */
const READ_MESSAGES = { scope: 'read', ...needs('Chat.Read', 'Chat.ReadWrite') } as const;

const ofUser = { userId: id() };
const teams = {
  ...READ_TEAMS,
  output: z.looseObject({ id: z.string(), displayName: text(), description: text() }),
  pages: graphPages,
} as const;
const chats = {
  ...READ_CHATS,
  output: chat,
  pages: graphPages,
} as const;

/** Operations that the handlers call. */
export const teamsOperations = {
  listOwnTeams: operation('GET /me/joinedTeams', { ...teams, input: { pageToken: pageToken() } }),
  listTeamsOf: operation('GET /users/{userId}/joinedTeams', {
    ...teams,
    input: { ...ofUser, pageToken: pageToken() },
  }),
  listOwnChats: operation('GET /me/chats', { ...chats, input: page, wire: paging.wire }),
  listChatsOf: operation('GET /users/{userId}/chats', {
    ...chats,
    input: { ...ofUser, ...page },
    wire: paging.wire,
  }),
};

/**
 * Throws unless the call is for a user.
 * @throws ConnectorActionError `invalid_input` for the application itself
 */
function ensureUser(context: ActionContext): void {
  if (isAppOnly(context))
    throw new ConnectorActionError('invalid_input', '[userId] is required with client credentials');
}

/** Actions that find and read teams, channels, chats and messages. */
export const readActions = {
  listJoinedTeams: defineAction({
    ...READ_TEAMS,
    input: teamsOperations.listOwnTeams.input.extend({ userId: userId() }),
    output: teamsOperations.listOwnTeams.output,
    isTool: true,
    description:
      'Lists teams of the user who connected, or of another user, with id and name. Use listChannels for their channels.',
    handler: (context, { userId: of, ...rest }) => {
      if (of !== undefined)
        return teamsOperations.listTeamsOf.call(context, { ...rest, userId: of });
      ensureUser(context);
      return teamsOperations.listOwnTeams.call(context, rest);
    },
  }),
  listChannels: operation('GET /teams/{teamId}/channels', {
    ...needs('Channel.ReadBasic.All', 'Group.Read.All', 'Group.ReadWrite.All'),
    description: 'Lists channels of a team with id, name and description.',
    input: { teamId: channelOf.teamId, pageToken: pageToken() },
    output: z.looseObject({
      id: z.string(),
      ...texts('displayName', 'description', 'membershipType', 'webUrl'),
    }),
    pages: graphPages,
  }),
  listChannelMessages: operation('GET /teams/{teamId}/channels/{channelId}/messages', {
    ...needs('ChannelMessage.Read.All', 'Group.Read.All', 'Group.ReadWrite.All'),
    description:
      'Lists messages of a channel, the latest changed first, without their replies, one page at a time.',
    input: { ...channelOf, ...page },
    ...paging,
    output: message,
  }),
  listChats: defineAction({
    ...READ_CHATS,
    input: teamsOperations.listOwnChats.input.extend({ userId: userId() }),
    output: teamsOperations.listOwnChats.output,
    isTool: true,
    description:
      'Lists chats of the user who connected, or of another user, with id, type and topic. Use listChatMessages for their messages.',
    handler: (context, { userId: of, ...rest }) => {
      if (of !== undefined)
        return teamsOperations.listChatsOf.call(context, { ...rest, userId: of });
      ensureUser(context);
      return teamsOperations.listOwnChats.call(context, rest);
    },
  }),
  listChatMessages: operation('GET /chats/{chatId}/messages', {
    ...READ_MESSAGES,
    description: 'Lists messages of a chat, the newest first, one page at a time.',
    input: { ...chatOf, ...page },
    ...paging,
    output: message,
  }),
  searchMessages: defineAction({
    ...READ_MESSAGES,
    input: z.strictObject({
      query: kql(),
      from: from(),
      size: size(25, 25),
      enableTopResults: z
        .boolean()
        .default(false)
        .describe('true: the most relevant first. Default: the newest first'),
    }),
    output: searchResult,
    isTool: true,
    description:
      'Searches messages of chats and channels that the user can read, with a query in KQL. Works only for users, not with client credentials.',
    handler: (context, { query, ...request }) =>
      searchQuery.call(context, {
        requests: [{ ...request, entityTypes: ['chatMessage'], query: { queryString: query } }],
      }),
  }),
  getUser: operation('GET /users/{userId}', {
    ...needs('User.ReadBasic.All', 'User.Read.All'),
    description:
      'Reads one user of the tenant: id, name and email address. Use it to find the id of a user for createChat.',
    input: { userId: id().describe('Id or user principal name of the user') },
    output: user,
  }),
};
