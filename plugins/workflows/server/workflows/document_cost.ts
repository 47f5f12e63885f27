/**
 * Maximum characters of a text that is checked in the main thread. Variables are looked up in
 * quadratic time.
 */
const MAX_LENGTH = 32_768;
/**
 * Maximum characters that are read in the main thread, including repeated reads by edits, which do
 * not look up variables.
 */
const MAX_READ_LENGTH = 65_536;
/**
 * Maximum number of characters such as `[` or `:` that begin or end a value. Each costs about 25
 * µs.
 */
const MAX_MARKS = 4_000;
/** Number of times that an edit reads the text. */
const READS_PER_EDIT = 8;

const MARK = /[,[\]{}?\n]|[:-]\s/g;
const ANCHOR = /(?:^|[\s,[{:-])&\S/;
const ALIAS = /(?:^|[\s,[{:-])\*\S/;

/**
 * Returns `true` if the YAML can be read, edited and checked within about 100 ms. Texts with
 * aliases never count as quick, because aliases can make a small text a very large value.
 */
export function isQuicklyRead(yaml: string, edits = 0): boolean {
  const reads = 1 + edits * READS_PER_EDIT;
  if (yaml.length > MAX_LENGTH || yaml.length * reads > MAX_READ_LENGTH) return false;
  if (ANCHOR.test(yaml) && ALIAS.test(yaml)) return false;
  return (yaml.match(MARK)?.length ?? 0) * reads <= MAX_MARKS;
}
