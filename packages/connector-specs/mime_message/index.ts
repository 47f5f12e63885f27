export {
  addressesIn,
  createMimeMessage,
  messageIdsIn,
  type OutgoingMessage,
} from './mime_message.ts';
