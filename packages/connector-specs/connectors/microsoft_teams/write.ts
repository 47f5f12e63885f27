import { z } from 'zod';
import { GRAPH, id, needs, operation } from '../../microsoft_graph/graph_api.ts';
import { confirmed } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { channelOf, chat, chatOf, message, messageText, messageWire } from './fields.ts';

const CREATE_CHAT = { scope: 'write', ...needs('Chat.Create', 'Chat.ReadWrite') } as const;

const member = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.aadUserConversationMember'),
  roles: z.array(z.literal('owner')),
  'user@odata.bind': z.string(),
});
const topic = () => z.string().max(250).optional().describe('Title of a group chat');
const chatType = () => z.enum(['oneOnOne', 'group']).describe('Chat of two users, or of a group');

/** Operation that the handler of `createChat` calls. */
export const postChat = operation('POST /chats', {
  ...CREATE_CHAT,
  input: { chatType: chatType(), topic: topic(), members: z.array(member) },
  output: chat,
});

/** Actions that write messages. */
export const writeActions = {
  createChat: defineAction({
    ...CREATE_CHAT,
    input: z.strictObject({
      chatType: chatType(),
      userIds: z
        .array(id())
        .min(2)
        .max(50)
        .describe('Ids or user principal names of all members, also of the user who connected'),
      topic: topic(),
    }),
    output: chat,
    isTool: true,
    description:
      'Creates a chat and returns its id for sendChatMessage. If a chat of the same two users exists, it is returned.',
    handler: (context, { userIds, ...request }) =>
      postChat.call(context, {
        ...request,
        members: userIds.map((user) => ({
          '@odata.type': '#microsoft.graph.aadUserConversationMember',
          roles: ['owner'],
          // In OData, a quote within a text is doubled.
          'user@odata.bind': `${GRAPH}/v1.0/users('${encodeURIComponent(user).replaceAll("'", "''")}')`,
        })),
      }),
  }),
  sendChannelMessage: operation('POST /teams/{teamId}/channels/{channelId}/messages', {
    scope: 'write',
    ...needs('ChannelMessage.Send', 'Group.ReadWrite.All'),
    description:
      'Sends a new message to a channel as the user who connected. Not possible with client credentials.',
    input: { ...channelOf, ...messageText },
    wire: messageWire,
    output: message,
  }),
  sendChatMessage: operation('POST /chats/{chatId}/messages', {
    scope: 'write',
    ...needs('ChatMessage.Send', 'Chat.ReadWrite', 'Group.ReadWrite.All'),
    description:
      'Sends a message to a chat as the user who connected. Not possible with client credentials.',
    input: { ...chatOf, ...messageText },
    wire: messageWire,
    output: message,
  }),
  updateMessage: operation('PATCH /teams/{teamId}/channels/{channelId}/messages/{messageId}', {
    scope: 'destroy',
    ...needs('ChannelMessage.ReadWrite', 'Group.ReadWrite.All'),
    description:
      'Replaces the text of a message in a channel. The user who connected must have written it. Returns { ok: true }.',
    input: { ...channelOf, messageId: id().describe('Id of the message'), ...messageText },
    wire: messageWire,
    ...confirmed(),
  }),
};
