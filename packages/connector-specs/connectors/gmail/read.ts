import { z } from 'zod';
import { download, downloadSchema } from '../../file_content/index.ts';
import { googlePages, pageToken, texts } from '../../google_apis/index.ts';
import { composed, optionalText, pageSize, textOf } from '../../operations/index.ts';
import { labelIds, message, messageOf, operation } from './gmail_api.ts';

const page = {
  query: optionalText(2_000).describe(
    'Search as in Gmail, for example: from:ana@example.com has:attachment newer_than:7d',
  ),
  maxResults: pageSize('Messages', { max: 100, byDefault: 10 }),
  pageToken: pageToken(),
};

const list = {
  wire: { query: 'q' },
  output: z.object({ id: z.string(), ...texts('threadId') }),
  pages: googlePages('messages'),
} as const;

const readAttachment = operation('GET /messages/{messageId}/attachments/{attachmentId}', {
  input: {
    ...messageOf,
    attachmentId: textOf(2_048).describe(
      'attachmentId in a part of the message, as in the result of getMessage',
    ),
  },
  // Google omits the data of an empty attachment.
  output: z.object({ data: z.string().default('') }),
});

/** Actions that find and read messages. */
export const readActions = {
  searchMessages: operation('GET /messages', {
    ...list,
    description:
      'Finds messages in Gmail by a search as in its search box, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.',
    input: page,
  }),
  listMessages: operation('GET /messages', {
    ...list,
    description:
      'Lists messages that have all given labels, for example INBOX and UNREAD, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.',
    input: {
      ...page,
      labelIds: labelIds(20)
        .optional()
        .describe('Only messages with all of these labels: ids as in the result of listLabels'),
    },
  }),
  getMessage: operation('GET /messages/{messageId}', {
    description:
      'Reads one message. minimal: labels and the start of the text; full: also headers, text and the ids of attachments; raw: the whole message. Bodies are in base64url (RFC 4648 section 5).',
    input: {
      ...messageOf,
      format: z
        .enum(['minimal', 'full', 'raw'])
        .default('minimal')
        .describe('Parts to read: minimal without headers and text, full, or raw (RFC 5322)'),
    },
    output: message,
  }),
  getAttachment: composed([readAttachment], {
    description:
      'Downloads one attachment. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. Its name and type are in the result of getMessage with the format full. Ids of attachments change with each reading of the message. The limit of the server for responses applies.',
    input: readAttachment.input,
    output: downloadSchema,
    handler: (context, input) =>
      download(input.attachmentId, {
        read: async () =>
          Buffer.from((await readAttachment.call(context, input)).data, 'base64url'),
      }),
  }),
  listLabels: operation('GET /labels', {
    description:
      'Lists all labels of the mailbox with id and name: those of Gmail, such as INBOX, and those of the user. Other actions need the ids.',
    input: {},
    output: z.object({
      labels: z
        .array(
          z.object({
            id: z.string(),
            ...texts('name', 'type', 'messageListVisibility', 'labelListVisibility'),
          }),
        )
        .default([]),
    }),
  }),
};
