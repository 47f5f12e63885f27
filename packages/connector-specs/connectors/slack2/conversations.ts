import { z } from 'zod';
import {
  choice,
  composed,
  findInPages,
  flags,
  numbers,
  object,
  option,
  textOf,
  texts,
} from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './slack_api.ts';

const types = () =>
  z
    .array(z.enum(['public_channel', 'private_channel', 'im', 'mpim']))
    .max(4)
    .describe('Kinds of conversations; im: direct messages, mpim: direct messages in a group');
/** Inputs that select channels of a list. */
const channelsOf = {
  types: types().optional(),
  excludeArchived: option('true: without archived channels', true),
  ...fields.page(1_000),
};

/** A conversation. Direct messages have `user` instead of a name. */
const conversation = z.object({
  id: z.string(),
  ...texts('name', 'user'),
  topic: object(texts('value')),
  purpose: object(texts('value')),
  ...flags('is_private', 'is_archived', 'is_member', 'is_im', 'is_mpim'),
  ...numbers('num_members', 'created'),
});

const list = { ...fields.listOf('channels', conversation), ...fields.READ_CONVERSATIONS };
const change = {
  scope: 'write',
  isTool: false,
  output: z.object({ channel: conversation }),
  ...fields.CHANGE_CHANNELS,
} as const;

const listChannels = operation('GET /conversations.list', {
  ...list,
  description:
    'Lists the conversations of the workspace, by default its public channels, with id, name and whether the user is a member. Use resolveChannelId to find one channel by name. A page may have fewer items than its limit and still not be the last one.',
  input: channelsOf,
});

/** Actions for channels, direct messages and their history. */
export const conversationActions = {
  listChannels,
  resolveChannelId: composed([listChannels], {
    description:
      'Finds the id of a channel by its name, which most other actions need. Reads the list of channels page by page; if it was not found in maxPages pages, continue with the returned nextCursor.',
    input: z.strictObject({
      name: textOf(100).describe('Name of the channel, with or without #'),
      match: choice(['exact', 'contains'], 'exact').describe(
        'exact: the whole name; contains: the first channel whose name contains the text',
      ),
      ...channelsOf,
      maxPages: z.int().min(1).max(100).default(10).describe('Pages to read at most, max 100'),
    }),
    output: z.object({
      found: z.boolean(),
      id: z.string().optional(),
      name: z.string().optional(),
      pagesFetched: z.number(),
      nextCursor: z.string().optional(),
    }),
    optionalScopes: fields.READ_CONVERSATIONS.optionalScopes,
    // Slack cannot search channels by name, so the handler compares the names of all pages.
    handler: async (context, { name, match, maxPages, cursor, ...call }) => {
      const wanted = name.replace(/^#/, '').toLowerCase();
      const { item, pagesRead, nextCursor } = await findInPages(context, {
        name: 'Slack API',
        items: 'channels',
        cursor,
        maxPages,
        read: (next) => listChannels.call(context, { ...call, cursor: next }),
        isWanted: (channel) => {
          const other = channel.name?.toLowerCase() ?? '';
          return match === 'exact' ? other === wanted : other.includes(wanted);
        },
      });
      const channel = item && { id: item.id, name: item.name ?? '' };
      return { found: item !== undefined, ...channel, pagesFetched: pagesRead, nextCursor };
    },
  }),
  listUserConversations: operation('GET /users.conversations', {
    ...list,
    description:
      'Lists the conversations that a user is a member of, by default the user of the credentials, with private channels and direct messages. For another user, it lists only conversations that the user of the credentials can see.',
    input: {
      user: fields.userId().optional(),
      ...channelsOf,
      types: types().default(['public_channel', 'private_channel', 'im', 'mpim']),
    },
  }),
  getConversationInfo: operation('GET /conversations.info', {
    description:
      'Reads one conversation by its id: name, topic, purpose and whether it is private or archived. Use getConversationHistory for its messages.',
    input: {
      channel: fields.channelId(),
      includeNumMembers: option('true: also returns the number of members'),
      includeLocale: fields.includeLocale(),
    },
    output: z.object({ channel: conversation }),
    ...fields.READ_CONVERSATIONS,
  }),
  getConversationHistory: operation('GET /conversations.history', {
    description:
      'Reads messages of one conversation, the newest first. Replies in threads are not included, only their number. Slack limits apps that are distributed outside its Marketplace to 15 messages and one call a minute. Use searchMessages to find messages by text.',
    input: {
      channel: fields.channelId(),
      oldest: fields.time('Only messages after this Unix time in seconds'),
      latest: fields.time('Only messages before this Unix time in seconds'),
      inclusive: option('true: also messages exactly at oldest and latest'),
      ...fields.page(100),
      // Slack returns at most 999 messages per page:
      // https://docs.slack.dev/reference/methods/conversations.history
      limit: fields.page(100).limit.transform((items) => Math.min(items, 999)),
    },
    ...fields.listOf('messages', fields.message),
    ...fields.READ_MESSAGES,
  }),
  createConversation: operation('POST /conversations.create', {
    ...change,
    description:
      'Creates a public or private channel, with the user as its first member. Returns the channel. Fails with name_taken if the name is in use, also by an archived channel.',
    input: {
      name: textOf(80).describe('Name in lower case without spaces or periods, max 80 characters'),
      isPrivate: option('true: only invited users see the channel', false),
    },
  }),
  inviteToConversation: operation('POST /conversations.invite', {
    ...change,
    description:
      'Adds up to 1000 users to a channel that the user is a member of. Notifies them. Returns the channel. Adds nobody if one of the users cannot be added.',
    input: {
      channel: fields.channelId(),
      users: textOf(16_000).describe('Ids of users, separated by commas'),
    },
  }),
};
