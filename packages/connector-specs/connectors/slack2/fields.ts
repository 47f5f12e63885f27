import { z } from 'zod';
import { flag, number, text } from '../../operations/index.ts';

/** Reading a conversation needs the scope of its kind. Any of them permits the call. */
export const READ_CONVERSATIONS = [
  ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
] as const;

/** As {@link READ_CONVERSATIONS}, for messages. */
export const READ_MESSAGES = [
  ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
] as const;

/** Public channels need the first scope, private ones the second. */
export const CHANGE_CHANNELS = [['channels:write', 'groups:write']] as const;

const id = () => z.string().min(1).max(64);

/** Id of a conversation: a channel, a direct message or a group direct message. */
export const channelId = () => id().describe('Id of the conversation, for example "C0123456789"');

/** Id of a user. */
export const userId = () => id().describe('Id of the user, for example "U0123456789"');

/** A point in time as Slack writes it. */
export const timestamp = () => z.string().min(1).max(32);

/** Kinds of conversations to list. */
export const conversationTypes = () =>
  z
    .array(z.enum(['public_channel', 'private_channel', 'im', 'mpim']))
    .max(4)
    .describe('Kinds of conversations; im: direct messages, mpim: direct messages in a group');

/** `true`: archived channels are left out. */
export const excludeArchived = () =>
  z.boolean().default(true).describe('true: without archived channels');

/** `true`: the result has the language setting. */
export const includeLocale = () =>
  z.boolean().optional().describe('true: also returns the language setting');

/**
 * Inputs that select a page of a list.
 * @param limit default number of items
 * @param maxSent items that Slack permits, if it permits fewer than the input
 */
export const page = (limit: number, maxSent = 1_000) => ({
  limit: z
    .int()
    .min(1)
    .max(1_000)
    .default(limit)
    .transform((items) => Math.min(items, maxSent))
    .describe('Items per page, max 1000'),
  cursor: z.string().max(1_024).optional().describe('nextCursor of the previous page'),
});

/** A list at the path `items`, returned as `name`. An empty cursor ends it. */
export const pagesOf = <const Name extends string>(name: Name, items: string = name) =>
  ({
    next: 'cursor',
    cursor: 'cursor',
    path: 'response_metadata.next_cursor',
    items,
    names: { items: name, hasMore: 'hasMore' },
  }) as const;

const about = z.object({ value: text() }).nullish();

/** A conversation. Direct messages have `user` instead of a name. */
export const conversation = z.object({
  id: z.string(),
  name: text(),
  user: text(),
  topic: about,
  purpose: about,
  is_private: flag(),
  is_archived: flag(),
  is_member: flag(),
  is_im: flag(),
  is_mpim: flag(),
  num_members: number(),
  created: number(),
});

/** A list of conversations. */
export const conversations = {
  output: conversation,
  pages: pagesOf('channels'),
  hasRaw: true,
  oauthScopes: READ_CONVERSATIONS,
  optionalScopes: READ_CONVERSATIONS[0],
} as const;

/** A file. Its content is at `url_private`, which needs the token of a user. */
export const file = z.object({
  id: z.string(),
  name: text(),
  title: text(),
  mimetype: text(),
  filetype: text(),
  size: number(),
  user: text(),
  created: number(),
  permalink: text(),
  url_private: text(),
});

/** A message. `thread_ts` names the first message of its thread. */
export const message = z.object({
  ts: z.string(),
  type: text(),
  subtype: text(),
  text: text(),
  user: text(),
  username: text(),
  thread_ts: text(),
  reply_count: number(),
  files: z.array(file.partial()).nullish(),
});

const profile = z.object({
  display_name: text(),
  email: text(),
  title: text(),
  status_text: text(),
});

/** A member of the workspace. */
export const user = z.object({
  id: z.string(),
  name: text(),
  real_name: text(),
  locale: text(),
  tz: text(),
  deleted: flag(),
  is_bot: flag(),
  is_admin: flag(),
  profile: profile.nullish(),
});
