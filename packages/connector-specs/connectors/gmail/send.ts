import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { text } from '../../google_apis/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { messageId, operation, READ, SEND } from './gmail_api.ts';
import { addressesIn, createMimeMessage, messageIdsIn } from './mime_message.ts';

/** Recipients of one message at most. Gmail permits 500. */
const MAX_RECIPIENTS = 500;
/** Older ids of a thread are left out, so that the header stays short. */
const MAX_REFERENCES = 20;

const recipients = () =>
  z
    .array(
      z
        .string()
        .min(3)
        .max(512)
        .meta({ examples: ['Ana <ana@example.com>'] }),
    )
    .max(MAX_RECIPIENTS);
const subject = () => z.string().max(900);
const content = {
  body: z.string().min(1).max(500_000).describe('Text of the message, or HTML'),
  bodyType: z.enum(['text', 'html']).default('text').describe('Type of the body'),
};
const sent = z.object({
  id: z.string(),
  threadId: text(),
  labelIds: z.array(z.string()).optional(),
});

const part = { scope: 'write', description: 'Part of another action.' } as const;

/** Operations that the handlers call. */
export const sendOperations = {
  send: operation('POST /messages/send', {
    ...part,
    input: { raw: z.string(), threadId: z.string().optional() },
    output: sent,
  }),
  getHeaders: operation('GET /messages/{id}', {
    ...part,
    scope: 'read',
    input: { messageId: messageId() },
    wire: { messageId: 'id' },
    fixed: { query: { format: 'metadata' } },
    output: z.object({
      threadId: z.string(),
      labelIds: z.array(z.string()).default([]),
      payload: z.object({
        headers: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
      }),
    }),
  }),
};

const raw = (message: Parameters<typeof createMimeMessage>[0]) =>
  Buffer.from(createMimeMessage(message)).toString('base64url');

const sendMessage = defineAction({
  input: z
    .strictObject({
      to: recipients()
        .min(1)
        .describe('Recipients, each as ana@example.com or Ana <ana@example.com>'),
      subject: subject().describe('Subject'),
      ...content,
      cc: recipients().optional().describe('Recipients of a copy, visible to all'),
      bcc: recipients().optional().describe('Recipients of a copy, visible to nobody else'),
    })
    .refine(
      ({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= MAX_RECIPIENTS,
      `has more than ${MAX_RECIPIENTS} recipients`,
    ),
  output: sent,
  isTool: false,
  scope: 'write',
  description:
    'Sends a new email as the user, to at most 500 recipients, without attachments. Returns the ids of message and thread. Use replyMessage to answer a message.',
  oauthScopes: SEND,
  handler: (context, message) => sendOperations.send.call(context, { raw: raw(message) }),
});

const replyMessage = defineAction({
  input: z.strictObject({
    messageId: messageId(),
    ...content,
    subject: subject()
      .optional()
      .describe(
        'Default: that of the message with "Re:". With another subject Gmail starts a new thread',
      ),
    to: recipients()
      .min(1)
      .optional()
      .describe('Default: the sender of the message, or where it asks to reply to'),
  }),
  output: sent,
  isTool: false,
  scope: 'write',
  description:
    'Replies as the user to one message, in its thread, without attachments and without quoting it. Returns the ids of message and thread.',
  oauthScopes: [...READ, ...SEND],
  handler: async (context, { messageId: id, ...reply }) => {
    const { threadId, labelIds, payload } = await sendOperations.getHeaders.call(context, {
      messageId: id,
    });
    const header = (name: string) =>
      payload.headers.find((one) => one.name.toLowerCase() === name)?.value ?? '';
    const original = header('subject');
    // A reply to a message of the user goes to its recipients.
    const sender = labelIds.includes('SENT') ? header('to') : header('reply-to') || header('from');
    const to = reply.to ?? addressesIn(sender).slice(0, MAX_RECIPIENTS);
    if (to.length === 0) {
      throw new ConnectorActionError('invalid_input', 'the message names no address to reply to');
    }
    const references = messageIdsIn(`${header('references')} ${header('message-id')}`);
    const message = {
      ...reply,
      to,
      subject: reply.subject ?? (/^re:/i.test(original) ? original : `Re: ${original}`),
      references: references.slice(-MAX_REFERENCES),
    };
    return sendOperations.send.call(context, { raw: raw(message), threadId });
  },
});

/** Actions that send email. They are no tools: a model cannot send by itself. */
export const sendActions = { sendMessage, replyMessage };
