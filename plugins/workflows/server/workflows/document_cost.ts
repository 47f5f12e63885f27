/** Longer texts take too long for the main thread: variables are found in quadratic time. */
const MAX_LENGTH = 32_768;
/** Maximum number of characters that are read, also by edits, which do not look up variables. */
const MAX_READ_LENGTH = 65_536;
/** Characters that begin or end a value. Each costs about 25 µs. */
const MAX_MARKS = 4_000;
/** An edit reads the text several times. */
const READS_PER_EDIT = 8;

const MARK = /[,[\]{}?\n]|[:-]\s/g;
const ANCHOR = /(?:^|[\s,[{:-])&\S/;
const ALIAS = /(?:^|[\s,[{:-])\*\S/;

/**
 * Tells if the YAML is read, edited and checked within about 100 ms. Aliases can make a small text
 * a large value, so a text with some is not.
 */
export function isQuicklyRead(yaml: string, edits = 0): boolean {
  const reads = 1 + edits * READS_PER_EDIT;
  if (yaml.length > MAX_LENGTH || yaml.length * reads > MAX_READ_LENGTH) return false;
  if (ANCHOR.test(yaml) && ALIAS.test(yaml)) return false;
  return (yaml.match(MARK)?.length ?? 0) * reads <= MAX_MARKS;
}
