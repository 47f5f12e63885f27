/** Maximum number of characters of a vendor's message. */
const MAX_LENGTH = 300;
/** Control and format characters, which could forge log lines or reorder displayed text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;
/**
 * A name and the possible credential after it: `Bearer abc`, `token=abc`, `password abc`, or with
 * one word between them: `secret token: abc`.
 */
const CREDENTIAL =
  /\b(bearer|basic|token|key|secret|password)((?:\s+[a-z]+)?["']?\s*[:=]\s*|\s+)["']?(?:(?:bearer|basic)\s+)?([^\s"',;]{6,})/gi;
/** A word of a sentence, such as "expired" in "The token expired". */
const WORD = /^[A-Za-z][a-z]{0,18}[.:!?)]*$/;
/** Words that may follow the name of a scheme without being a credential. */
const AFTER_SCHEME = /^(auth|authentication|authorization|credentials?|tokens?)[.:!?)]*$/i;
/** Words that may follow `password` and `secret`. Any other word may be the password itself. */
const AFTER_PASSWORD =
  /^(access|authentication|cannot|credentials?|expired|incorrect|invalid|keys?|missing|passwords?|provided|rejected|required|secrets?|tokens?)[.:!?)]*$/i;
/** URLs with a query or fragment, which may contain tokens. */
const URL_QUERY = /(https?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi;
/** A text of 20 or more characters without blanks and with a digit, like tokens and keys. */
const OPAQUE = /\b(?=[\w+/=~.-]*\d)[\w+/=~.-]{20,}/g;

/**
 * A vendor's text for logs and users: on one line, at most 300 characters, and without parts that
 * may be credentials. Vendors quote requests in their messages.
 * @returns `undefined`: the value is not a text, or nothing of it is left
 */
export function safeText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    // The text is cut before the replacements, so that a huge message costs little time.
    .slice(0, MAX_LENGTH * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(URL_QUERY, '$1');
  const safe = withoutCredentials(text).replace(OPAQUE, '[…]').replace(/\s+/g, ' ').trim();
  const points = [...safe];
  const short = points.length > MAX_LENGTH ? `${points.slice(0, MAX_LENGTH - 1).join('')}…` : safe;
  return short === '' ? undefined : short;
}

/**
 * The text without credentials. Words of a sentence are kept if they follow a name without a colon
 * or an equals sign.
 */
function withoutCredentials(text: string): string {
  const pattern = new RegExp(CREDENTIAL);
  let safe = '';
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, name = '', separator = '', value = ''] = match;
    const words = wordsAfter(name);
    if (separator.trim() === '' && words.test(value)) {
      // The word may itself be the name of a credential, as in `key secret: abc`.
      pattern.lastIndex = match.index + name.length + separator.length;
      continue;
    }
    const [between = ''] = /^\s+[a-z]+/i.exec(separator) ?? [];
    const kept = words.test(between.trim()) ? between : '';
    safe += `${text.slice(end, match.index)}${name}${kept} […]`;
    end = pattern.lastIndex;
  }
  return safe + text.slice(end);
}

function wordsAfter(name: string): RegExp {
  if (/^(bearer|basic)$/i.test(name)) return AFTER_SCHEME;
  return /^(password|secret)$/i.test(name) ? AFTER_PASSWORD : WORD;
}

/**
 * An error code or id of a vendor. `undefined`: the text has another form, so it could be a
 * credential.
 */
export function safeCode(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[A-Za-z0-9_.:/-]{1,64}$/.test(text) ? text : undefined;
}
