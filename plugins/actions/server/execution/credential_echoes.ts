const REDACTED = '[redacted]';
/** Shorter credentials would blot out parts of ordinary words, so they are hidden only where they stand alone. */
const SHORT = 8;
/** Shorter ones are hidden only as a whole text. */
const VERY_SHORT = 4;
/** What may stand beside a short credential without it being part of a longer word, number or encoding. */
const NO_WORD_BEFORE = String.raw`(?<![\p{L}\p{N}])`;
const NO_WORD_AFTER = String.raw`(?![\p{L}\p{N}])`;

/** Hides a set of credentials in texts. */
export interface Echoes {
  /** The text itself when it holds none. */
  hide(text: string): string;
}

/**
 * Spellings of credentials that services send back: plain, as bytes read one by one, in JSON, percent-encoded, in hex, and in base64 or base64url
 * wherever they begin in what was encoded. Worked out for the first text that is long enough to hold one.
 */
export function echoesOf(credentials: readonly string[]): Echoes {
  if (credentials.length === 0) return { hide: (text) => text };
  const shortest = Math.min(...credentials.map((value) => value.length));
  let spellings: Spellings | undefined;
  return {
    hide: (text) => {
      if (text.length < shortest) return text;
      spellings ??= spellingsOf(credentials);
      return hideIn(text, spellings);
    },
  };
}

interface Spellings {
  /** The longest first: a credential that contains another must not survive in part. */
  readonly anywhere: readonly string[];
  /** Length of the shortest of these. */
  readonly shortest: number;
  readonly standingAlone: RegExp | undefined;
  readonly wholeTexts: ReadonlySet<string>;
}

function spellingsOf(credentials: readonly string[]): Spellings {
  const long = credentials.filter((value) => value.length >= SHORT);
  const short = credentials.filter(({ length }) => length < SHORT && length >= VERY_SHORT);
  const anywhere = [...new Set(long.flatMap((value) => [...plain(value), ...encoded(value)]))].sort(
    (a, b) => b.length - a.length,
  );
  const alone = [...new Set(short.flatMap((value) => [...plain(value), ...encodedWhole(value)]))];
  return {
    anywhere,
    shortest: anywhere.at(-1)?.length ?? Number.POSITIVE_INFINITY,
    standingAlone:
      alone.length === 0
        ? undefined
        : new RegExp(
            `${NO_WORD_BEFORE}(?:${alone.map((text) => escaped(text)).join('|')})${NO_WORD_AFTER}`,
            'gu',
          ),
    wholeTexts: new Set(credentials.filter(({ length }) => length < VERY_SHORT)),
  };
}

function hideIn(
  text: string,
  { anywhere, shortest, standingAlone, wholeTexts }: Spellings,
): string {
  if (wholeTexts.has(text)) return REDACTED;
  let safe = text;
  if (text.length >= shortest) {
    for (const spelling of anywhere) {
      if (safe.includes(spelling)) safe = safe.replaceAll(spelling, REDACTED);
    }
  }
  return standingAlone === undefined ? safe : safe.replace(standingAlone, REDACTED);
}

/** As part of a regular expression in unicode mode. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' ? '\\x2d' : `\\${sign}`));
}

function plain(value: string): string[] {
  const percent = encodeURIComponent(value.toWellFormed());
  return [
    value,
    Buffer.from(value, 'utf8').toString('latin1'),
    JSON.stringify(value).slice(1, -1),
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
  ];
}

function encoded(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [...hex(bytes), ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset))];
}

/** For credentials so short that what is certain of them at any offset would be a few characters. */
function encodedWhole(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [...hex(bytes), bytes.toString('base64'), bytes.toString('base64url')];
}

function hex(bytes: Buffer): string[] {
  const lower = bytes.toString('hex');
  return [lower, lower.toUpperCase()];
}

/** The characters that these bytes alone decide when they stand `offset` bytes after a group of three, in both alphabets. */
function base64At(bytes: Buffer, offset: number): string[] {
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .slice(first, end);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}
