import { domainToASCII } from 'node:url';
import { ConnectorActionError } from '../contract/errors.ts';

/** A message to send. */
export interface OutgoingMessage {
  /** Mailboxes: `ana@example.com` or `Ana <ana@example.com>`. */
  readonly to: readonly string[];
  readonly cc?: readonly string[] | undefined;
  readonly bcc?: readonly string[] | undefined;
  readonly subject: string;
  readonly body: string;
  readonly bodyType: 'text' | 'html';
  /**
   * Ids of the messages of the thread, each as `<id@host>`. The new message replies to the last
   * one.
   */
  readonly references?: readonly string[] | undefined;
}

const CRLF = '\r\n';
/**
 * Maximum number of bytes of an encoded word. A line with encoded words has at most 76 characters,
 * also the first line (RFC 2047 §2).
 */
const MAX_WORD_BYTES = 39;
/**
 * Longest text that a header contains without encoding. Lines have at most 78 characters (RFC
 * 5322).
 */
const MAX_PLAIN_LENGTH = 60;
/** Lines of base64, which have at most 76 characters (RFC 2045 §6.8). */
const BASE64_LINE = /.{1,76}/g;

/**
 * The local part of an address: a dot-atom (RFC 5322 §3.2.3). Quoted local parts are not supported.
 */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
/**
 * A quoted text or a comment (RFC 5322 §3.2.4 and §3.2.2). A quoted text may lack its end, so that
 * matching takes linear time.
 */
const QUOTED_OR_COMMENT = /"(?:[^"\\]|\\[\s\S]?)*"?|\([^()]*\)/g;
/** The id of a message (RFC 5322 §3.6.4), without spaces and control characters. */
const MESSAGE_ID = /<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>/g;

/**
 * Creates a message in the format of RFC 5322 with MIME, in ASCII. The mail service adds sender,
 * date and id. No value can add a header or a recipient: addresses have a strict form, texts of
 * headers are encoded, and only ids that match a pattern are used.
 * @throws ConnectorActionError `invalid_input` for a text that is not a mailbox
 */
export function createMimeMessage(message: OutgoingMessage): string {
  const { to, cc = [], bcc = [], subject, body, bodyType, references = [] } = message;
  const last = references.at(-1);
  const headers: readonly (readonly [string, string])[] = [
    ['To', mailboxes(to)],
    ['Cc', mailboxes(cc)],
    ['Bcc', mailboxes(bcc)],
    ['Subject', headerText(subject)],
    ['In-Reply-To', last ?? ''],
    ['References', references.join(`${CRLF} `)],
    ['MIME-Version', '1.0'],
    ['Content-Type', `text/${bodyType === 'html' ? 'html' : 'plain'}; charset=UTF-8`],
    ['Content-Transfer-Encoding', 'base64'],
  ];
  const lines = headers
    .filter(([name, value]) => value !== '' || name === 'Subject')
    .map(([name, value]) => `${name}: ${value}`);
  const text = Buffer.from(body.replace(/\r\n?|\n/g, CRLF)).toString('base64');
  return [...lines, '', ...(text.match(BASE64_LINE) ?? []), ''].join(CRLF);
}

/** Ids of messages in the value of a header, for example of `References`. */
export function messageIdsIn(value: string): readonly string[] {
  return value.match(MESSAGE_ID) ?? [];
}

/**
 * Maximum number of characters of a header from which addresses are read. They suffice for more
 * than 500 recipients.
 */
const MAX_HEADER_LENGTH = 50_000;

/**
 * Addresses in the value of a header, for example of `From`, without names and comments. The sender
 * of a message chooses the value, so every pattern reads each part of the value only once.
 */
export function addressesIn(value: string): readonly string[] {
  return value
    .slice(0, MAX_HEADER_LENGTH)
    .replace(QUOTED_OR_COMMENT, '')
    .split(/[,;]/)
    .map((part) => /<([^<>]*)>/.exec(part)?.[1] ?? part)
    .map(addressOf)
    .filter((address) => address !== undefined);
}

function mailboxes(values: readonly string[]): string {
  return values.map(mailbox).join(`,${CRLF} `);
}

/**
 * A mailbox in the form of RFC 5322.
 * @throws ConnectorActionError `invalid_input`
 */
function mailbox(value: string): string {
  const [, name = '', inner] = /^([^<>]*)<([^<>]*)>$/.exec(value.trim()) ?? [];
  const address = addressOf(inner ?? value);
  if (address === undefined) {
    throw new ConnectorActionError('invalid_input', `[${value}] is not an email address`);
  }
  const label = headerText(name.trim().replace(/^"(.*)"$/, '$1'), isWord);
  return label === '' ? address : `${label} <${address}>`;
}

/** The address with its domain in ASCII. `undefined`: the text is not an address. */
function addressOf(value: string): string | undefined {
  const [, local = '', host = ''] = /^(.{1,64})@(.{1,255})$/.exec(value.trim()) ?? [];
  const domain = domainToASCII(host);
  return LOCAL_PART.test(local) && DOMAIN.test(domain) ? `${local}@${domain}` : undefined;
}

/** Tells if a text consists of words without the special characters of addresses. */
const isWord = (text: string) => /^[\w !#$%&'*+/=?^`{|}~-]*$/.test(text);
const isPrintable = (text: string) => /^[\x20-\x7e]*$/.test(text);

/**
 * A text of a header, unchanged or in encoded words (RFC 2047). Control characters become spaces.
 */
function headerText(value: string, isPlain = isPrintable): string {
  const text = value
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed()
    .trim();
  const isUnchanged = isPlain(text) && text.length <= MAX_PLAIN_LENGTH && !text.includes('=?');
  if (isUnchanged) return text;
  const words: string[] = [''];
  for (const character of text) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) <= MAX_WORD_BYTES) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join(`${CRLF} `);
}
