import { z } from 'zod';
import { defineGraphApi, id } from '../../microsoft_graph/index.ts';
import { texts } from '../../operations/index.ts';

/** Declares operations of Microsoft Graph, which name their own scopes. */
export const { operation } = defineGraphApi();

/** Inputs that select a channel. */
export const channelOf = {
  teamId: id().describe('Id of the team'),
  channelId: id().describe('Id of the channel'),
};

/** Input that selects a chat. */
export const chatOf = { chatId: id().describe('Id of the chat') };

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
