import { z } from 'zod';
import { option, pageSize, renamed, text, textOf } from '../../operations/index.ts';
import { channelId, listOf, message, page, timestamp } from './fields.ts';
import { operation } from './slack_api.ts';

/**
 * Scopes of the search. Only the scope for public channels is required: users consent to each other
 * kind of conversation separately, see
 * https://docs.slack.dev/reference/methods/assistant.search.context
 */
export const SEARCH_MESSAGES = {
  oauthScopes: ['search:read.public'],
  optionalScopes: ['search:read.private', 'search:read.im', 'search:read.mpim'],
} as const;

/** A found message, with the field names of Slack's older search. */
const match = renamed({
  ts: ['message_ts', z.string()],
  team: ['team_id', text()],
  text: ['content', text()],
  permalink: ['permalink', text()],
  channel: { id: ['channel_id', text()], name: ['channel_name', text()] },
  sender: { userId: ['author_user_id', text()], username: ['author_name', text()] },
  blocks: ['blocks', z.unknown().optional()],
  context: ['context_messages', z.unknown().optional()],
});

/** A value of a search modifier. It has no space, because a space would end the modifier. */
const modifier = () => z.string().max(100).regex(/^\S*$/).optional();
const messageText = (maxLength: number) =>
  textOf(maxLength).describe("Text in Slack's mrkdwn: *bold*, _italic_, <url|label>, <@user id>");

/** Actions that find and write messages. */
export const messageActions = {
  searchMessages: operation('POST /assistant.search.context', {
    isQuery: true,
    description:
      'Finds messages in channels and direct messages that the user can read, by words or by a question. Returns text, sender, channel and link of each message. Max 20 messages a page. Use getConversationHistory to read a known channel in order.',
    input: {
      query: textOf(4_000).describe('Words or a question to search for'),
      inChannel: modifier().describe('Only in this channel: its name, or "<#" id ">"'),
      fromUser: modifier().describe('Only from this user: "@" and the name, or "<@" id ">"'),
      after: modifier().describe('Only after this day, as YYYY-MM-DD'),
      before: modifier().describe('Only before this day, as YYYY-MM-DD'),
      sort: z.enum(['score', 'timestamp']).optional().describe('Order: by relevance or by time'),
      sortDir: z.enum(['asc', 'desc']).optional().describe('Direction of the order'),
      count: pageSize('Messages', { max: 20, byDefault: 20 }),
      cursor: page(20).cursor,
      includeContextMessages: option('true: with the messages before and after each', true),
      includeBots: option('true: also messages of bots', false),
      includeMessageBlocks: option('true: with the layout blocks of messages', true),
    },
    wire: {
      inChannel: { appendTo: 'query', template: ' in:{value}' },
      fromUser: { appendTo: 'query', template: ' from:{value}' },
      after: { appendTo: 'query', template: ' after:{value}' },
      before: { appendTo: 'query', template: ' before:{value}' },
      count: 'limit',
    },
    // Slack searches only public channels unless the request names other kinds.
    fixed: {
      body: { content_types: 'messages', channel_types: 'public_channel,private_channel,mpim,im' },
    },
    ...listOf('matches', match, 'results.messages'),
    ...SEARCH_MESSAGES,
  }),
  sendMessage: operation('POST /chat.postMessage', {
    scope: 'write',
    description:
      'Posts a message as the user into a channel, a direct message or a thread, and notifies its members. Returns the channel and ts, which updateMessage needs. Slack permits about one message per second and channel.',
    input: {
      channel: textOf(100).describe('Id of a conversation, or of a user for a direct message'),
      text: messageText(40_000),
      threadTs: timestamp().optional().describe('ts of the first message of a thread to reply to'),
      unfurlLinks: option('true: with previews of linked pages'),
      unfurlMedia: option('false: without previews of linked media'),
    },
    output: z.object({ channel: z.string(), ts: z.string(), message: message.partial() }),
    oauthScopes: ['chat:write'],
  }),
  updateMessage: operation('POST /chat.update', {
    scope: 'destroy',
    description:
      'Replaces the text of a message that the user posted. The former text is lost. Returns channel, ts and text of the message. The text may have 4000 characters, fewer than that of a new message. Fails with edit_window_closed if the workspace no longer permits a change.',
    input: {
      channel: channelId(),
      ts: timestamp().describe('ts of the message'),
      // Slack refuses longer texts of a change with msg_too_long:
      // https://docs.slack.dev/reference/methods/chat.update
      text: messageText(4_000),
    },
    isRepeatable: true,
    output: z.object({ channel: z.string(), ts: z.string(), text: text() }),
    oauthScopes: ['chat:write'],
  }),
};
