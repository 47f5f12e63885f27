import { z } from 'zod';
import { numbers, option, pageCursor, pageSize, textOf, texts } from '../../operations/index.ts';

/**
 * Scopes of which each permits the call, but for other kinds of conversations. All are requested.
 */
const anyOf = <const S extends readonly [string, ...string[]]>(...scopes: S) =>
  ({ oauthScopes: [scopes], optionalScopes: scopes }) as const;

/** Scopes of {@link anyOf}, one for each kind of conversation. */
const ofEachKind = <const A extends string>(access: A) =>
  anyOf(`channels:${access}`, `groups:${access}`, `im:${access}`, `mpim:${access}`);

/** Scopes for reading conversations. */
export const READ_CONVERSATIONS = ofEachKind('read');
/** Scopes for reading messages. */
export const READ_MESSAGES = ofEachKind('history');
/** Scopes for changing channels: the first one for public, the second one for private channels. */
export const CHANGE_CHANNELS = anyOf('channels:write', 'groups:write');

/** Id of a conversation: a channel, a direct message or a group direct message. */
export const channelId = () =>
  textOf(64).describe('Id of the conversation, for example "C0123456789"');
/** Id of a user. */
export const userId = () => textOf(64).describe('Id of the user, for example "U0123456789"');
/** A point in time as Slack writes it. */
export const timestamp = () => textOf(32);
/** Optional input with a point in time, see {@link timestamp}. */
export const time = (meaning: string) => timestamp().optional().describe(meaning);
/** Input that asks for the language setting in the result. */
export const includeLocale = () => option('true: also returns the language setting');

/** Inputs that select a page of a list, with the default number of its items. */
export const page = (limit: number) => ({
  limit: pageSize('Items', { max: 1_000, byDefault: limit }),
  cursor: pageCursor(1_024),
});

/**
 * Items and pages of a list. Its items are at the path `items` and are returned as `name`. An empty
 * cursor means the last page.
 */
export const listOf = <const Name extends string, O extends z.ZodType>(
  name: Name,
  item: O,
  items: string = name,
) =>
  ({
    output: item,
    pages: {
      next: 'cursor',
      cursor: 'cursor',
      path: 'response_metadata.next_cursor',
      items,
      names: { items: name, hasMore: 'hasMore' },
    },
  }) as const;

/** A file. Its content is at `url_private`, which needs the token of a user. */
export const file = z.object({
  id: z.string(),
  ...texts('name', 'title', 'mimetype', 'filetype', 'user', 'permalink', 'url_private'),
  ...numbers('size', 'created'),
});

/** A message. `thread_ts` names the first message of its thread. */
export const message = z.object({
  ts: z.string(),
  ...texts('type', 'subtype', 'text', 'user', 'username', 'thread_ts'),
  ...numbers('reply_count'),
  files: z.array(file.partial()).nullish(),
});
