import { z } from 'zod';
import { download, downloadSchema } from '../../file_content/index.ts';
import { googlePages, lenientTexts, pageToken } from '../../google_apis/index.ts';
import { choice, composed, optionalText, pageSize, textOf } from '../../operations/index.ts';
import { message, messageOf, operation } from './gmail_api.ts';

const list = {
  wire: { query: 'q' },
  output: z.object({ id: z.string(), ...lenientTexts('threadId') }),
  pages: googlePages('messages'),
} as const;
const page = {
  query: optionalText(2_000).describe(
    'Search as in Gmail, for example: from:ana@example.com has:attachment newer_than:7d',
  ),
  maxResults: pageSize('Messages', { max: 100, byDefault: 10 }),
  pageToken: pageToken(),
};
const change = { output: message, isRepeatable: true } as const;
const labelIds = (max: number) => z.array(textOf(128)).max(max);
const changedIds = (meaning: string) =>
  labelIds(100).min(1).optional().describe(`${meaning}, as in the result of listLabels`);
const label = z.object({
  id: z.string(),
  ...lenientTexts('name', 'type', 'messageListVisibility', 'labelListVisibility'),
});

const readAttachment = operation('GET /messages/{messageId}/attachments/{attachmentId}', {
  input: {
    ...messageOf,
    attachmentId: textOf(2_048).describe(
      'attachmentId in a part of the message, as in the result of getMessage',
    ),
  },
  // Google omits the data of an empty attachment.
  output: z
    .object({ data: z.string().default('') })
    .transform(({ data }) => Buffer.from(data, 'base64url')),
});

/** Actions that find, read and label messages, or move them to the trash and back. */
export const messageActions = {
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
      format: choice(['minimal', 'full', 'raw'], 'minimal').describe(
        'Parts to read: minimal without headers and text, full, or raw (RFC 5322)',
      ),
    },
    output: message,
  }),
  getAttachment: composed([readAttachment], {
    description:
      'Downloads one attachment. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. Its name and type are in the result of getMessage with the format full. Ids of attachments change with each reading of the message. The limit of the server for responses applies.',
    input: readAttachment.input,
    output: downloadSchema,
    handler: (context, input) =>
      download(input.attachmentId, { read: () => readAttachment.call(context, input) }),
  }),
  listLabels: operation('GET /labels', {
    description:
      'Lists all labels of the mailbox with id and name: those of Gmail, such as INBOX, and those of the user. Other actions need the ids.',
    input: {},
    output: z.object({ labels: z.array(label).default([]) }),
  }),
  markAsRead: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'write',
    description: 'Marks one message as read. Returns its labels.',
    input: messageOf,
    fixed: { body: { removeLabelIds: ['UNREAD'] } },
  }),
  markAsUnread: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'write',
    description: 'Marks one message as unread. Returns its labels.',
    input: messageOf,
    fixed: { body: { addLabelIds: ['UNREAD'] } },
  }),
  modifyLabels: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'destroy',
    description:
      'Adds labels to one message and removes labels from it, at most 100 each. Returns its labels. Removing INBOX archives the message. Use trashMessage to delete it.',
    input: {
      ...messageOf,
      addLabelIds: changedIds('Ids of labels to add'),
      removeLabelIds: changedIds('Ids of labels to remove'),
    },
    atLeastOneOf: 'optional',
  }),
  trashMessage: operation('POST /messages/{messageId}/trash', {
    ...change,
    scope: 'destroy',
    description:
      'Moves one message to the trash, where Gmail deletes it after 30 days. untrashMessage takes it back before. Returns its labels.',
    input: messageOf,
  }),
  untrashMessage: operation('POST /messages/{messageId}/untrash', {
    ...change,
    scope: 'write',
    description: 'Takes one message out of the trash. Returns its labels.',
    input: messageOf,
  }),
};
