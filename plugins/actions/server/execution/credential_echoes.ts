const REDACTED = '[redacted]';
/** Shorter credentials would blot out parts of ordinary words, so they are hidden only where they stand alone. */
const SHORT = 8;
/** Shorter ones are hidden only as a whole text. */
const VERY_SHORT = 4;
/** Characters that are the same in JSON, in a URL and in every character set. */
const PLAIN_TEXT = /^[A-Za-z0-9._~-]*$/;
/** What may stand beside a short credential without it being part of a longer word, number or encoding. */
const NO_WORD_BEFORE = String.raw`(?<![\p{L}\p{N}])`;
const NO_WORD_AFTER = String.raw`(?![\p{L}\p{N}])`;

/** Hides a set of credentials in texts. */
export interface Echoes {
  /** The text itself when it holds none. */
  hide(text: string): string;
}

/**
 * Hides spellings of credentials that services send back: plain, as bytes read one by one, in JSON, percent-encoded, in hex, and in base64 or base64url
 * wherever they begin in what was encoded. This runs over every string of every result, so a spelling is worked out for the first text that
 * is long enough to hold it.
 */
export function echoesOf(credentials: readonly string[]): Echoes {
  const long = credentials
    .filter((value) => value.length >= SHORT)
    // The longest first: a credential that contains another must not survive in part.
    .sort((a, b) => b.length - a.length);
  const short = credentials.filter(({ length }) => length < SHORT && length >= VERY_SHORT);
  const veryShort = new Set(credentials.filter(({ length }) => length < VERY_SHORT));
  const spellings = [...long.map(plainSpellings), ...long.map(encodedSpellings)];
  const standingAlone = onDemand(() => standingAloneOf(short));
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
      return short.length === 0 ? safe : safe.replace(standingAlone(), REDACTED);
    },
  };
}

interface Spellings {
  /** No shorter text holds one. */
  readonly minLength: number;
  readonly texts: () => readonly string[];
}

const plainSpellings = (value: string): Spellings => ({
  minLength: value.length,
  texts: onDemand(() => plain(value)),
});

const encodedSpellings = (value: string): Spellings => ({
  // Base64 is the shortest, and its first and last character may be half somebody else's.
  minLength: Math.floor((value.length * 8) / 6) - 1,
  texts: onDemand(() => {
    const bytes = Buffer.from(value, 'utf8');
    const base64 = [0, 1, 2].flatMap((offset) => base64At(bytes, offset));
    return [...new Set([...hex(bytes), ...base64])];
  }),
});

/** Short ones have no spelling of which a part would be certain, so all of it must be there. */
function standingAloneOf(credentials: readonly string[]): RegExp {
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

/** The characters that these bytes alone decide when they stand `offset` bytes after a group of three, in both alphabets. */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .slice(first, end);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** As part of a regular expression in unicode mode. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' ? '\\x2d' : `\\${sign}`));
}

function onDemand<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
