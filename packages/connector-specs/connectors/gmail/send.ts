import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { createMimeMessage, type OutgoingMessage, replyTo } from '../../mime_message/index.ts';
import { choice, composed, optionalText, textOf } from '../../operations/index.ts';
import { message, messageOf, operation, SEND } from './gmail_api.ts';

/** Maximum number of recipients of a message, as in Gmail. */
const MAX_RECIPIENTS = 500;

const mailbox = textOf(512)
  .min(3)
  .meta({ examples: ['Ana <ana@example.com>'] });
const recipients = z.array(mailbox).max(MAX_RECIPIENTS);
const content = {
  body: textOf(500_000).describe('Text of the message, or HTML'),
  bodyType: choice(['text', 'html'], 'text').describe('Type of the body'),
};
const header = z.object({ name: z.string(), value: z.string().default('') });

const send = operation('POST /messages/send', {
  scope: 'write',
  input: { raw: z.string(), threadId: z.string().optional() },
  output: message.pick({ id: true, threadId: true, labelIds: true }),
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

/** Actions that send email. They are not offered as tools, so no model can send email by itself. */
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
        subject: z.string().max(900).describe('Subject'),
        ...content,
        cc: recipients.optional().describe('Recipients of a copy, visible to all'),
        bcc: recipients.optional().describe('Recipients of a copy, visible to nobody else'),
      })
      .refine(
        ({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= MAX_RECIPIENTS,
        `has more than ${MAX_RECIPIENTS} recipients`,
      ),
    output: send.output,
    handler: (context, message) => send.call(context, { raw: raw(message) }),
  }),
  replyMessage: composed([getHeaders, send], {
    isTool: false,
    description:
      'Replies as the user to one message, in its thread, without attachments and without quoting it. Returns the ids of message and thread.',
    input: z.strictObject({
      ...messageOf,
      ...content,
      subject: optionalText(900).describe(
        'Default: that of the message with "Re:". With another subject Gmail starts a new thread',
      ),
      to: recipients
        .min(1)
        .optional()
        .describe('Default: the sender of the message, or where it asks to reply to'),
    }),
    output: send.output,
    handler: async (context, { messageId, ...given }) => {
      const { threadId, labelIds, payload } = await getHeaders.call(context, { messageId });
      const reply = replyTo(payload.headers, { isOwn: labelIds.includes('SENT') });
      const { to = reply.to.slice(0, MAX_RECIPIENTS), subject = reply.subject } = given;
      if (to.length === 0)
        throw new ConnectorActionError('invalid_input', 'the message names no address to reply to');
      return send.call(context, { raw: raw({ ...reply, ...given, to, subject }), threadId });
    },
  }),
};
