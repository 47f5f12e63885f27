import { z } from 'zod';
import {
  graphPages,
  id,
  needs,
  operation,
  pageToken,
  top,
} from '../../microsoft_graph/graph_api.ts';
import { from, kql, searchQuery, searchResult, size } from '../../microsoft_graph/search.ts';
import { text, textOf, texts } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';

const READ_MAIL = { scope: 'read', ...needs('Mail.Read', 'Mail.ReadWrite') } as const;

/** Fields of a message in a list. The body is not among them, so a page stays small. */
const LIST_FIELDS =
  'id,subject,bodyPreview,from,toRecipients,receivedDateTime,isRead,hasAttachments,importance,parentFolderId,conversationId,webLink';

const messageId = () => id().describe('Id of the message');
const address = z.looseObject({
  emailAddress: z.looseObject(texts('name', 'address')).nullish(),
});
const message = z.looseObject({
  id: z.string(),
  ...texts('subject', 'bodyPreview'),
  from: address.nullish(),
  toRecipients: z.array(address.nullable()).nullish(),
  receivedDateTime: text(),
  isRead: z.boolean().nullish(),
  hasAttachments: z.boolean().nullish(),
  webLink: text(),
});
const attachment = z.looseObject({
  id: z.string(),
  ...texts('name', 'contentType'),
  size: z.number().nullish(),
  isInline: z.boolean().nullish(),
});
const listInput = {
  top: top(100, 20),
  filter: z
    .string()
    .max(2_048)
    .optional()
    .describe('Condition in OData, for example: isRead eq false'),
  orderby: textOf(256)
    .optional()
    .describe(
      'Field to sort by. With a filter, it must begin with the fields of the filter. Default: the newest first; with a filter, the order of Outlook',
    ),
  pageToken: pageToken(),
};
const list = {
  ...READ_MAIL,
  wire: { top: '$top', filter: '$filter', orderby: '$orderby' },
  fixed: { query: { $select: LIST_FIELDS } },
  output: message,
  pages: graphPages,
} as const;

/** Operations that the handlers call. */
export const messageOperations = {
  listAll: operation('GET /me/messages', { ...list, input: listInput }),
  listInFolder: operation('GET /me/mailFolders/{folderId}/messages', {
    ...list,
    input: { ...listInput, folderId: id() },
  }),
};

/** Actions for messages, attachments and folders. */
export const messageActions = {
  searchMessages: defineAction({
    ...READ_MAIL,
    input: z.strictObject({ query: kql(), from: from(), size: size(25, 10) }),
    output: searchResult,
    isTool: true,
    description:
      'Searches the mailbox of the user with a query in KQL, the newest first. hits contains the messages with a summary; use getMessage with hitId for the text.',
    handler: (context, { query, ...page }) =>
      searchQuery.call(context, {
        requests: [{ ...page, entityTypes: ['message'], query: { queryString: query } }],
      }),
  }),
  listMessages: defineAction({
    ...READ_MAIL,
    input: messageOperations.listAll.input.extend({
      folderId: id()
        .optional()
        .describe('Id of a folder, or its well-known name such as "inbox". Default: all folders'),
    }),
    output: messageOperations.listAll.output,
    isTool: true,
    description:
      'Lists messages of a folder or of the whole mailbox with sender, subject and preview, by default the newest first. Use getMessage for the text, searchMessages to find words.',
    handler: (context, { folderId, ...input }) => {
      // Outlook refuses an order by a field that is not in the filter:
      // https://learn.microsoft.com/en-us/graph/api/user-list-messages
      const byDefault = input.filter ? undefined : 'receivedDateTime desc';
      const page = { ...input, orderby: input.orderby ?? byDefault };
      return folderId === undefined
        ? messageOperations.listAll.call(context, page)
        : messageOperations.listInFolder.call(context, { ...page, folderId });
    },
  }),
  getMessage: operation('GET /me/messages/{messageId}', {
    ...READ_MAIL,
    description:
      'Reads one message with its text, recipients and times. Does not return attachments.',
    input: { messageId: messageId() },
    output: message.extend({
      body: z.looseObject(texts('contentType', 'content')).nullish(),
    }),
  }),
  listAttachments: operation('GET /me/messages/{messageId}/attachments', {
    ...READ_MAIL,
    description:
      'Lists attachments of a message with name, type and size. Use getAttachment for the content.',
    input: { messageId: messageId(), pageToken: pageToken() },
    fixed: { query: { $select: 'id,name,contentType,size,isInline,lastModifiedDateTime' } },
    output: attachment,
    pages: graphPages,
  }),
  getAttachment: operation('GET /me/messages/{messageId}/attachments/{attachmentId}', {
    ...READ_MAIL,
    description:
      'Reads one attachment of a message. For a file, contentBytes is its content in base64.',
    input: { messageId: messageId(), attachmentId: id().describe('Id of the attachment') },
    output: attachment,
  }),
  listFolders: operation('GET /me/mailFolders', {
    ...READ_MAIL,
    description:
      'Lists mail folders of the user with id, name and number of messages, without folders below them.',
    input: {
      includeHidden: z.boolean().default(false).describe('Also list hidden folders'),
      pageToken: pageToken(),
    },
    wire: { includeHidden: 'includeHiddenFolders' },
    output: z.looseObject({
      id: z.string(),
      ...texts('displayName', 'parentFolderId'),
      totalItemCount: z.number().nullish(),
      unreadItemCount: z.number().nullish(),
    }),
    pages: graphPages,
  }),
};
