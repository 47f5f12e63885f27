export { createMimeMessage, type OutgoingMessage } from './mime_message.ts';
export { replyTo } from './reply.ts';
