import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { texts } from '../../google_apis/index.ts';
import {
  addressesIn,
  createMimeMessage,
  messageIdsIn,
  type OutgoingMessage,
} from '../../mime_message/index.ts';
import { composed, textOf } from '../../operations/index.ts';
import { messageOf, operation, SEND } from './gmail_api.ts';

/** Maximum number of recipients of a message, as in Gmail. */
const MAX_RECIPIENTS = 500;
/**
 * Maximum number of message ids in the header `References`. The oldest ids of a longer thread are
 * left out.
 */
const MAX_REFERENCES = 20;

const mailbox = z
  .string()
  .min(3)
  .max(512)
  .meta({ examples: ['Ana <ana@example.com>'] });
const recipients = z.array(mailbox).max(MAX_RECIPIENTS);
const subject = z.string().max(900);
const content = {
  body: textOf(500_000).describe('Text of the message, or HTML'),
  bodyType: z.enum(['text', 'html']).default('text').describe('Type of the body'),
};
const sent = z.object({
  id: z.string(),
  ...texts('threadId'),
  labelIds: z.array(z.string()).optional(),
});
const header = z.object({ name: z.string(), value: z.string().default('') });

const send = operation('POST /messages/send', {
  scope: 'write',
  input: { raw: z.string(), threadId: z.string().optional() },
  output: sent,
  oauthScopes: SEND,
});
const getHeaders = operation('GET /messages/{messageId}', {
  input: messageOf,
  fixed: { query: { format: 'metadata' } },
  output: z.object({
    threadId: z.string(),
    labelIds: z.array(z.string()).default([]),
    payload: z.object({ headers: z.array(header).default([]) }),
  }),
});

const raw = (message: OutgoingMessage) =>
  Buffer.from(createMimeMessage(message)).toString('base64url');

/** Actions that send email. They are no tools, so a model cannot send email by itself. */
export const sendActions = {
  sendMessage: composed([send], {
    isTool: false,
    description:
      'Sends a new email as the user, to at most 500 recipients, without attachments. Returns the ids of message and thread. Use replyMessage to reply to a message.',
    input: z
      .strictObject({
        to: recipients
          .min(1)
          .describe('Recipients, each as ana@example.com or Ana <ana@example.com>'),
        subject: subject.describe('Subject'),
        ...content,
        cc: recipients.optional().describe('Recipients of a copy, visible to all'),
        bcc: recipients.optional().describe('Recipients of a copy, visible to nobody else'),
      })
      .refine(
        ({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= MAX_RECIPIENTS,
        `has more than ${MAX_RECIPIENTS} recipients`,
      ),
    output: sent,
    handler: (context, message) => send.call(context, { raw: raw(message) }),
  }),
  replyMessage: composed([getHeaders, send], {
    isTool: false,
    description:
      'Replies as the user to one message, in its thread, without attachments and without quoting it. Returns the ids of message and thread.',
    input: z.strictObject({
      ...messageOf,
      ...content,
      subject: subject
        .optional()
        .describe(
          'Default: that of the message with "Re:". With another subject Gmail starts a new thread',
        ),
      to: recipients
        .min(1)
        .optional()
        .describe('Default: the sender of the message, or where it asks to reply to'),
    }),
    output: sent,
    handler: async (context, { messageId, ...reply }) => {
      const replied = await getHeaders.call(context, { messageId });
      const header = (name: string) =>
        replied.payload.headers.find((one) => one.name.toLowerCase() === name)?.value ?? '';
      const original = header('subject');
      // The user replies to an own message, so the reply goes to the recipients of that message.
      const isOwn = replied.labelIds.includes('SENT');
      const sender = isOwn ? header('to') : header('reply-to') || header('from');
      const to = reply.to ?? addressesIn(sender).slice(0, MAX_RECIPIENTS);
      if (to.length === 0)
        throw new ConnectorActionError('invalid_input', 'the message names no address to reply to');
      const references = messageIdsIn(`${header('references')} ${header('message-id')}`);
      const message = {
        ...reply,
        to,
        subject: reply.subject ?? (/^re:/i.test(original) ? original : `Re: ${original}`),
        references: references.slice(-MAX_REFERENCES),
      };
      const { threadId } = replied;
      return send.call(context, { raw: raw(message), threadId });
    },
  }),
};
