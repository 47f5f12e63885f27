import { z } from 'zod';
import { graphPages, id, pageToken, top } from '../../microsoft_graph/graph_api.ts';
import { textOf, texts } from '../../operations/index.ts';

/** Inputs that select a channel. */
export const channelOf = {
  teamId: id().describe('Id of the team'),
  channelId: id().describe('Id of the channel'),
};

/** Input that selects a chat. */
export const chatOf = { chatId: id().describe('Id of the chat') };

/** Input that selects a user. Absent: the user who connected. */
export const userId = () =>
  id()
    .optional()
    .describe('Id or user principal name of a user. Required with client credentials only');

/** Inputs of a list of messages or chats. */
export const page = { top: top(50, 20), pageToken: pageToken() };

/** Next page of a list, and the names of its inputs. */
export const paging = { pages: graphPages, wire: { top: '$top' } } as const;

/** Inputs with the text of a message. */
export const messageText = {
  content: textOf(28_000).describe('Text of the message'),
  contentType: z
    .enum(['text', 'html'])
    .default('text')
    .describe('Format of the text: plain or HTML'),
};

/** Names of {@link messageText} in the body. */
export const messageWire = { content: 'body.content', contentType: 'body.contentType' } as const;

/** A message in a channel or a chat. */
export const message = z.looseObject({
  id: z.string(),
  ...texts('createdDateTime', 'lastModifiedDateTime', 'subject', 'webUrl'),
  from: z.looseObject({}).nullish(),
  body: z.looseObject(texts('contentType', 'content')).nullish(),
});

/** A chat. */
export const chat = z.looseObject({
  id: z.string(),
  ...texts('topic', 'chatType', 'createdDateTime', 'lastUpdatedDateTime'),
});
