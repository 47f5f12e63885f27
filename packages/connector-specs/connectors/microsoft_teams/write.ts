import { z } from 'zod';
import { GRAPH, id, needs } from '../../microsoft_graph/index.ts';
import { confirmed, optionalText, textOf } from '../../operations/index.ts';
import { channelOf, chat, chatOf, message, operation } from './fields.ts';

/** Inputs with the text of a message, and their names in the body. */
const messageText = {
  content: textOf(28_000).describe('Text of the message'),
  contentType: z
    .enum(['text', 'html'])
    .default('text')
    .describe('Format of the text: plain or HTML'),
};
const wire = { content: 'body.content', contentType: 'body.contentType' } as const;

const toMember = (user: string) => ({
  '@odata.type': '#microsoft.graph.aadUserConversationMember',
  roles: ['owner'],
  // In OData, a quote within a text is doubled.
  'user@odata.bind': `${GRAPH}/v1.0/users('${encodeURIComponent(user).replaceAll("'", "''")}')`,
});

/** A member of a chat. Half a surrogate pair cannot be encoded as part of a URL. */
const userId = () =>
  id().refine((user) => user.isWellFormed(), { message: 'contains half a surrogate pair' });

/** Actions that write messages. */
export const writeActions = {
  createChat: operation('POST /chats', {
    scope: 'write',
    ...needs('Chat.Create', 'Chat.ReadWrite'),
    description:
      'Creates a chat and returns its id for sendChatMessage. If a chat of the same two users exists, it is returned.',
    input: {
      chatType: z.enum(['oneOnOne', 'group']).describe('Chat of two users, or of a group'),
      userIds: z
        .array(userId())
        .min(2)
        .max(50)
        .transform((users) => users.map(toMember))
        .describe('Ids or user principal names of all members, also of the user who connected'),
      topic: optionalText(250).describe('Title of a group chat'),
    },
    wire: { userIds: 'members' },
    output: chat,
  }),
  sendChannelMessage: operation('POST /teams/{teamId}/channels/{channelId}/messages', {
    scope: 'write',
    ...needs('ChannelMessage.Send', 'Group.ReadWrite.All'),
    description:
      'Sends a new message to a channel as the user who connected. Not possible with client credentials.',
    input: { ...channelOf, ...messageText },
    wire,
    output: message,
  }),
  sendChatMessage: operation('POST /chats/{chatId}/messages', {
    scope: 'write',
    ...needs('ChatMessage.Send', 'Chat.ReadWrite', 'Group.ReadWrite.All'),
    description:
      'Sends a message to a chat as the user who connected. Not possible with client credentials.',
    input: { ...chatOf, ...messageText },
    wire,
    output: message,
  }),
  updateMessage: operation('PATCH /teams/{teamId}/channels/{channelId}/messages/{messageId}', {
    ...needs('ChannelMessage.ReadWrite', 'Group.ReadWrite.All'),
    description:
      'Replaces the text of a message in a channel. The user who connected must have written it. Returns { ok: true }.',
    input: { ...channelOf, messageId: id().describe('Id of the message'), ...messageText },
    wire,
    ...confirmed(),
  }),
};
