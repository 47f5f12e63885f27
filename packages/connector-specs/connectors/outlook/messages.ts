import { z } from 'zod';
import * as graph from '../../microsoft_graph/index.ts';
import {
  composed,
  flag,
  number,
  numbers,
  optionalText,
  pageSize,
  text,
  textOf,
  texts,
} from '../../operations/index.ts';

const { operation } = graph.defineGraphApi(['Mail.Read', 'Mail.ReadWrite']);

/** Fields of a message in a list. The body is not among them, so a page stays small. */
const LIST_FIELDS =
  'id,subject,bodyPreview,from,toRecipients,receivedDateTime,isRead,hasAttachments,importance,parentFolderId,conversationId,webLink';

const messageOf = { messageId: graph.id().describe('Id of the message') };
const address = z.looseObject({ emailAddress: z.looseObject(texts('name', 'address')).nullish() });
const message = z.looseObject({
  id: z.string(),
  ...texts('subject', 'bodyPreview'),
  from: address.nullish(),
  toRecipients: z.array(address.nullable()).nullish(),
  receivedDateTime: text(),
  isRead: flag(),
  hasAttachments: flag(),
  webLink: text(),
});
const attachment = z.looseObject({
  id: z.string(),
  ...texts('name', 'contentType'),
  size: number(),
  isInline: flag(),
});

const listMessages = operation('GET /me/mailFolders/{folderId}/messages', {
  input: {
    top: pageSize('Items', { max: 100, byDefault: 20 }),
    filter: optionalText(2_048).describe('Condition in OData, for example: isRead eq false'),
    orderby: textOf(256)
      .optional()
      .describe(
        'Field to sort by. With a filter, it must begin with the fields of the filter. Default: the newest first; with a filter, the order of Outlook',
      ),
    pageToken: graph.pageToken(),
    folderId: graph
      .id()
      .optional()
      .describe('Id of a folder, or its well-known name such as "inbox". Default: all folders'),
  },
  pathWithout: { folderId: '/me/messages' },
  wire: { top: '$top', filter: '$filter', orderby: '$orderby' },
  fixed: { query: { $select: LIST_FIELDS } },
  output: message,
  pages: graph.graphPages,
});

/** Actions for messages, attachments and folders. */
export const messageActions = {
  searchMessages: operation('POST /search/query', {
    description:
      'Searches the mailbox of the user with a query in KQL, the newest first. hits contains the messages with a summary; use getMessage with hitId for the text.',
    ...graph.searchFor(['message'], graph.searchPage({ max: 25, byDefault: 10 })),
  }),
  listMessages: composed([listMessages], {
    description:
      'Lists messages of a folder or of the whole mailbox with sender, subject and preview, by default the newest first. Use getMessage for the text, searchMessages to find words.',
    input: listMessages.input,
    output: listMessages.output,
    handler: (context, { orderby, ...input }) => {
      // Outlook refuses an order by a field that is not in the filter:
      // https://learn.microsoft.com/en-us/graph/api/user-list-messages
      const byDefault = input.filter ? undefined : 'receivedDateTime desc';
      return listMessages.call(context, { ...input, orderby: orderby ?? byDefault });
    },
  }),
  getMessage: operation('GET /me/messages/{messageId}', {
    description:
      'Reads one message with its text, recipients and times. Does not return attachments.',
    input: messageOf,
    output: message.extend({ body: z.looseObject(texts('contentType', 'content')).nullish() }),
  }),
  listAttachments: operation('GET /me/messages/{messageId}/attachments', {
    description:
      'Lists attachments of a message with name, type and size. Use getAttachment for the content.',
    input: { ...messageOf, pageToken: graph.pageToken() },
    fixed: { query: { $select: 'id,name,contentType,size,isInline,lastModifiedDateTime' } },
    output: attachment,
    pages: graph.graphPages,
  }),
  getAttachment: operation('GET /me/messages/{messageId}/attachments/{attachmentId}', {
    description:
      'Reads one attachment of a message. For a file, contentBytes is its content in base64.',
    input: { ...messageOf, attachmentId: graph.id().describe('Id of the attachment') },
    output: attachment,
  }),
  listFolders: operation('GET /me/mailFolders', {
    description:
      'Lists mail folders of the user with id, name and number of messages, without folders below them.',
    input: {
      includeHidden: z.boolean().default(false).describe('Also list hidden folders'),
      pageToken: graph.pageToken(),
    },
    wire: { includeHidden: 'includeHiddenFolders' },
    output: z.looseObject({
      id: z.string(),
      ...texts('displayName', 'parentFolderId'),
      ...numbers('totalItemCount', 'unreadItemCount'),
    }),
    pages: graph.graphPages,
  }),
};
