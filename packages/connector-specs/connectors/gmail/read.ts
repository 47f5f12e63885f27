import { z } from 'zod';
import { download, downloadSchema } from '../../file_content/index.ts';
import { googlePages, pageToken, text } from '../../google_apis/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { labelIds, message, messageId, operation, READ } from './gmail_api.ts';

const page = {
  query: z
    .string()
    .max(2_000)
    .optional()
    .describe('Search as in Gmail, for example: from:ana@example.com has:attachment newer_than:7d'),
  maxResults: z.int().min(1).max(100).default(10).describe('Messages per page, max 100'),
  pageToken: pageToken(),
};

const list = {
  scope: 'read',
  wire: { query: 'q' },
  output: z.object({ id: z.string(), threadId: text() }),
  pages: googlePages('messages'),
  oauthScopes: READ,
} as const;

const searchMessages = operation('GET /messages', {
  ...list,
  description:
    'Finds messages in Gmail by a search as in its search box, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.',
  input: page,
});

const listMessages = operation('GET /messages', {
  ...list,
  description:
    'Lists messages that have all given labels, for example INBOX and UNREAD, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.',
  input: {
    ...page,
    labelIds: labelIds(20)
      .optional()
      .describe('Only messages with all of these labels: ids as in the result of listLabels'),
  },
});

const getMessage = operation('GET /messages/{id}', {
  scope: 'read',
  description:
    'Reads one message. minimal: labels and the start of the text; full: also headers, text and the ids of attachments; raw: the whole message. Bodies are in base64url (RFC 4648 section 5).',
  input: {
    messageId: messageId(),
    format: z
      .enum(['minimal', 'full', 'raw'])
      .default('minimal')
      .describe('Parts to read: minimal without headers and text, full, or raw (RFC 5322)'),
  },
  wire: { messageId: 'id' },
  output: message,
  oauthScopes: READ,
});

const attachmentOf = {
  messageId: messageId(),
  attachmentId: z
    .string()
    .min(1)
    .max(2_048)
    .describe('attachmentId in a part of the message, as in the result of getMessage'),
};

/** Operation of the action getAttachment. */
export const readAttachment = operation('GET /messages/{messageId}/attachments/{id}', {
  scope: 'read',
  description: 'Part of another action.',
  input: attachmentOf,
  wire: { attachmentId: 'id' },
  // Google omits the data of an empty attachment.
  output: z.object({ data: z.string().default('') }),
});

const getAttachment = defineAction({
  scope: 'read',
  isTool: true,
  description:
    'Downloads one attachment. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. Its name and type are in the result of getMessage with the format full. Ids of attachments change with each reading of the message. The limit of the server for responses applies.',
  input: z.strictObject(attachmentOf),
  output: downloadSchema,
  oauthScopes: READ,
  handler: (context, input) =>
    download(input.attachmentId, {
      read: async () => {
        const { data } = await readAttachment.call(context, input);
        return Buffer.from(data, 'base64url');
      },
    }),
});

const listLabels = operation('GET /labels', {
  scope: 'read',
  description:
    'Lists all labels of the mailbox with id and name: those of Gmail, such as INBOX, and those of the user. Other actions need the ids.',
  input: {},
  output: z.object({
    labels: z
      .array(
        z.object({
          id: z.string(),
          name: text(),
          type: text(),
          messageListVisibility: text(),
          labelListVisibility: text(),
        }),
      )
      .default([]),
  }),
  oauthScopes: READ,
});

/** Actions that find and read messages. */
export const readActions = { searchMessages, listMessages, getMessage, getAttachment, listLabels };
