const REDACTED = '[redacted]';
/**
 * Shorter credentials also occur inside ordinary words, so they are hidden only where they stand
 * alone.
 */
const SHORT = 8;
/** Credentials shorter than this are hidden only when they are the whole text. */
const VERY_SHORT = 4;
/** Characters whose encoding is the same in JSON, in a URL and in every character set. */
const PLAIN_TEXT = /^[A-Za-z0-9._~-]*$/;
/**
 * Characters that may surround a short credential without making it part of a longer word, number
 * or encoding.
 */
const NO_WORD_BEFORE = String.raw`(?<![\p{L}\p{N}])`;
const NO_WORD_AFTER = String.raw`(?![\p{L}\p{N}])`;

/** Hides a set of credentials in texts. */
export interface Echoes {
  /** Returns the text unchanged when it contains no credential. */
  hide(text: string): string;
}

/**
 * Hides credentials that services echo, in these spellings: plain, as bytes read one by one, in
 * JSON, percent-encoded, in hex, and in base64 or base64url at any offset. This runs over every
 * string of every result, so a spelling is computed for the first text that is long enough to
 * contain it.
 */
export function echoesOf(credentials: readonly string[]): Echoes {
  const long = credentials
    .filter((value) => value.length >= SHORT)
    // Longest first: a credential that contains another must be hidden as a whole.
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
  // Base64 is the shortest spelling, and its first and last character may also encode adjacent
  // bytes.
  minLength: Math.floor((value.length * 8) / 6) - 1,
  texts: lazy(() => {
    const bytes = Buffer.from(value, 'utf8');
    const base64 = [0, 1, 2].flatMap((offset) => base64At(bytes, offset));
    return [...new Set([...hex(bytes), ...base64])];
  }),
});

/**
 * Too few base64 characters of a short credential depend on its bytes alone to identify it, so the
 * whole encoded text must match.
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
 * The base64 characters that depend on these bytes only, in both alphabets. Base64 encodes groups
 * of three bytes; these bytes begin at position `offset` of a group.
 */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .slice(first, end);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Escapes the text for a regular expression in unicode mode. */
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
