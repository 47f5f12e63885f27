const REDACTED = '[redacted]';
/**
 * Credentials with fewer characters also occur inside ordinary words. They are hidden only where
 * they are a separate word.
 */
const SHORT = 8;
/** Credentials with fewer characters are hidden only if they are the whole text. */
const VERY_SHORT = 4;
/** Text whose characters are the same in JSON, in a URL and in every character set. */
const PLAIN_TEXT = /^[A-Za-z0-9._~-]*$/;
/**
 * Letters and digits next to a short credential mean that it is part of a longer word, number or
 * encoding, and is not hidden.
 */
const NO_WORD_BEFORE = String.raw`(?<![\p{L}\p{N}])`;
const NO_WORD_AFTER = String.raw`(?![\p{L}\p{N}])`;

/** Finds a set of credentials in texts, and hides them. */
export interface Echoes {
  /** Returns the text with `[redacted]` in place of each credential. */
  hide(text: string): string;
}

/**
 * Creates the function that hides credentials which services echo. It finds them in these
 * encodings: plain, as single bytes (Latin-1), in JSON, percent-encoded, in hex, and in base64 or
 * base64url at any offset. Every string of every result is searched, so the encodings are computed
 * only when a text is long enough to contain one.
 */
export function echoesOf(credentials: readonly string[]): Echoes {
  const long = credentials
    .filter((value) => value.length >= SHORT)
    // The longest first: a credential that contains another one must be hidden completely.
    .sort((a, b) => b.length - a.length);
  const short = credentials.filter(({ length }) => length < SHORT && length >= VERY_SHORT);
  const veryShort = new Set(credentials.filter(({ length }) => length < VERY_SHORT));
  const spellings = [...long.map(plainSpellings), ...long.map(encodedSpellings)];
  const standalonePattern = lazy(() => standalonePatternOf(short));
  return {
    hide: (text) => {
      if (veryShort.has(text)) return REDACTED;
      let safe = text;
      for (const { minLength, texts } of spellings) {
        if (safe.length < minLength) continue;
        for (const spelling of texts()) {
          if (safe.includes(spelling)) safe = safe.replaceAll(spelling, REDACTED);
        }
      }
      return short.length === 0 ? safe : safe.replace(standalonePattern(), REDACTED);
    },
  };
}

interface Spellings {
  /** Length of the shortest text that can contain a credential. */
  readonly minLength: number;
  readonly texts: () => readonly string[];
}

const plainSpellings = (value: string): Spellings => ({
  minLength: value.length,
  texts: lazy(() => plain(value)),
});

const encodedSpellings = (value: string): Spellings => ({
  // Base64 without its first and last character, which may also encode adjacent bytes, is the
  // shortest encoding.
  minLength: Math.floor((value.length * 8) / 6) - 1,
  texts: lazy(() => {
    const bytes = Buffer.from(value, 'utf8');
    const base64 = [0, 1, 2].flatMap((offset) => base64At(bytes, offset));
    return [...new Set([...hex(bytes), ...base64])];
  }),
});

/**
 * Builds the pattern for short credentials. It matches complete encoded texts only: inside a longer
 * base64 text, too few characters depend on the credential alone.
 */
function standalonePatternOf(credentials: readonly string[]): RegExp {
  const texts = credentials.flatMap((value) => {
    const bytes = Buffer.from(value, 'utf8');
    return [
      ...plain(value),
      ...hex(bytes),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ].map(escaped);
  });
  return new RegExp(`${NO_WORD_BEFORE}(?:${texts.join('|')})${NO_WORD_AFTER}`, 'gu');
}

function plain(value: string): readonly string[] {
  if (PLAIN_TEXT.test(value)) return [value];
  const percent = encodeURIComponent(value.toWellFormed());
  return [
    value,
    Buffer.from(value, 'utf8').toString('latin1'),
    JSON.stringify(value).slice(1, -1),
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
  ];
}

function hex(bytes: Buffer): readonly string[] {
  const lower = bytes.toString('hex');
  return [lower, lower.toUpperCase()];
}

/**
 * Returns the base64 characters that depend only on the given bytes, in both alphabets.
 * @param offset position of the first byte within a group of three bytes, which base64 encodes
 * together
 */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .slice(first, end);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Escapes a text for use in a regular expression in Unicode mode. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' ? '\\x2d' : `\\${sign}`));
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
