import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { isTemporaryFailure } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import * as fields from './fields.ts';
import { operation } from './slack_api.ts';

const listChannels = operation('GET /conversations.list', {
  scope: 'read',
  description:
    'Lists the conversations of the workspace, by default its public channels, with id, name and whether the user is a member. Use resolveChannelId to find one channel by name. A page may have fewer items than its limit and still not be the last one.',
  input: {
    types: fields.conversationTypes().optional(),
    excludeArchived: fields.excludeArchived(),
    ...fields.page(1_000),
  },
  ...fields.conversations,
});

const listUserConversations = operation('GET /users.conversations', {
  scope: 'read',
  description:
    'Lists the conversations that a user is a member of, by default the user of the credentials, with private channels and direct messages. For another user, it lists only conversations that the user of the credentials can see.',
  input: {
    user: fields.userId().optional(),
    types: fields.conversationTypes().default(['public_channel', 'private_channel', 'im', 'mpim']),
    excludeArchived: fields.excludeArchived(),
    ...fields.page(1_000),
  },
  ...fields.conversations,
});

const getConversationInfo = operation('GET /conversations.info', {
  scope: 'read',
  description:
    'Reads one conversation by its id: name, topic, purpose and whether it is private or archived. Use getConversationHistory for its messages.',
  input: {
    channel: fields.channelId(),
    includeNumMembers: z.boolean().optional().describe('true: also returns the number of members'),
    includeLocale: fields.includeLocale(),
  },
  output: z.object({ channel: fields.conversation }),
  hasRaw: true,
  oauthScopes: fields.READ_CONVERSATIONS,
  optionalScopes: fields.READ_CONVERSATIONS[0],
});

const getConversationHistory = operation('GET /conversations.history', {
  scope: 'read',
  description:
    'Reads messages of one conversation, the newest first. Replies in threads are not included, only their number. Slack limits apps that are distributed outside its Marketplace to 15 messages and one call a minute. Use searchMessages to find messages by text.',
  input: {
    channel: fields.channelId(),
    oldest: fields.timestamp().optional().describe('Only messages after this Unix time in seconds'),
    latest: fields
      .timestamp()
      .optional()
      .describe('Only messages before this Unix time in seconds'),
    inclusive: z.boolean().optional().describe('true: also messages exactly at oldest and latest'),
    // https://docs.slack.dev/reference/methods/conversations.history: at most 999.
    ...fields.page(100, 999),
  },
  output: fields.message,
  pages: fields.pagesOf('messages'),
  hasRaw: true,
  oauthScopes: fields.READ_MESSAGES,
  optionalScopes: fields.READ_MESSAGES[0],
});

const createConversation = operation('POST /conversations.create', {
  scope: 'write',
  description:
    'Creates a public or private channel, with the user as its first member. Returns the channel. Fails with name_taken if the name is in use, also by an archived channel.',
  isTool: false,
  input: {
    name: z
      .string()
      .min(1)
      .max(80)
      .describe('Name in lower case without spaces or periods, max 80 characters'),
    isPrivate: z.boolean().default(false).describe('true: only invited users see the channel'),
  },
  output: z.object({ channel: fields.conversation }),
  oauthScopes: fields.CHANGE_CHANNELS,
  optionalScopes: fields.CHANGE_CHANNELS[0],
});

const inviteToConversation = operation('POST /conversations.invite', {
  scope: 'write',
  description:
    'Adds up to 1000 users to a channel that the user is a member of. Notifies them. Returns the channel. Adds nobody if one of the users cannot be added.',
  isTool: false,
  input: {
    channel: fields.channelId(),
    users: z.string().min(1).max(16_000).describe('Ids of users, separated by commas'),
  },
  output: z.object({ channel: fields.conversation }),
  oauthScopes: fields.CHANGE_CHANNELS,
  optionalScopes: fields.CHANGE_CHANNELS[0],
});

/** Reads pages of the list until a name matches, because Slack has no search by name. */
const resolveChannelId = defineAction({
  scope: 'read',
  isTool: true,
  description:
    'Finds the id of a channel by its name, which most other actions need. Reads the list of channels page by page; if it was not found in maxPages pages, continue with the returned nextCursor.',
  input: z.strictObject({
    name: z.string().min(1).max(100).describe('Name of the channel, with or without #'),
    types: fields.conversationTypes().optional(),
    match: z
      .enum(['exact', 'contains'])
      .default('exact')
      .describe('exact: the whole name; contains: the first channel whose name contains the text'),
    excludeArchived: fields.excludeArchived(),
    ...fields.page(1_000),
    maxPages: z.int().min(1).max(100).default(10).describe('Pages to read at most, max 100'),
  }),
  output: z.object({
    found: z.boolean(),
    id: z.string().optional(),
    name: z.string().optional(),
    pagesFetched: z.number(),
    nextCursor: z.string().optional(),
  }),
  oauthScopes: fields.READ_CONVERSATIONS,
  optionalScopes: fields.READ_CONVERSATIONS[0],
  handler: async (context, { name, match, maxPages, ...list }) => {
    const wanted = name.replace(/^#/, '').toLowerCase();
    const isWanted = (other: string): boolean =>
      match === 'exact' ? other === wanted : other.includes(wanted);
    let { cursor: next } = list;
    const seen = new Set<string | undefined>();
    for (let pagesFetched = 1; ; pagesFetched += 1) {
      if (seen.has(next)) {
        throw new ConnectorActionError('unexpected_response', 'Slack repeats the same page');
      }
      seen.add(next);
      const call = { ...list, cursor: next };
      const page = await listChannels.call(context, call).catch((error: unknown) => {
        const canContinue = pagesFetched > 1 && !context.signal.aborted;
        if (!canContinue || !isTemporaryFailure(error)) throw error;
      });
      // The caller continues at the page that failed.
      if (page === undefined) {
        return { found: false, pagesFetched: pagesFetched - 1, nextCursor: next };
      }
      next = page.nextCursor === undefined ? undefined : String(page.nextCursor);
      const channel = page.channels.find((one) => isWanted(one.name?.toLowerCase() ?? ''));
      if (channel !== undefined || next === undefined || pagesFetched >= maxPages) {
        return {
          found: channel !== undefined,
          ...(channel === undefined ? {} : { id: channel.id, name: channel.name ?? '' }),
          pagesFetched,
          ...(next === undefined ? {} : { nextCursor: next }),
        };
      }
    }
  },
});

/** Actions for channels, direct messages and their history. */
export const conversationActions = {
  listChannels,
  resolveChannelId,
  listUserConversations,
  getConversationInfo,
  getConversationHistory,
  createConversation,
  inviteToConversation,
};
