import { addressesIn, messageIdsIn, type OutgoingMessage } from './mime_message.ts';

/**
 * Maximum number of message ids in the header `References`. The oldest ids of a longer thread are
 * left out.
 */
const MAX_REFERENCES = 20;

/**
 * Recipients, subject and thread of a reply (RFC 5322 section 3.6.4). The reply to an own message
 * goes to the recipients of that message.
 * @param headers headers of the message that is replied to
 */
export function replyTo(
  headers: readonly { readonly name: string; readonly value: string }[],
  { isOwn }: { readonly isOwn: boolean },
): Pick<OutgoingMessage, 'to' | 'subject' | 'references'> {
  const header = (name: string) =>
    headers.find((one) => one.name.toLowerCase() === name)?.value ?? '';
  const subject = header('subject');
  const references = messageIdsIn(`${header('references')} ${header('message-id')}`);
  return {
    to: addressesIn(isOwn ? header('to') : header('reply-to') || header('from')),
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    references: references.slice(-MAX_REFERENCES),
  };
}
