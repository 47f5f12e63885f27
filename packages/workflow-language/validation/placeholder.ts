/** Matches texts that stand for a connector or workflow in shared files. */
const MARKED = /^(?:<.*>|__.*__.*|(?:.*[^A-Za-z])?(?:REPLACE|ENTER|YOUR)[ _-].*)$/s;
/** `your-connector-id`. A name such as `Your Drive` is none. */
const REQUEST = /^(?:your|enter|replace)[ _-]/i;
const SUBJECT = /(?:^|[ _-])(?:connector|workflow|id|here|me)$/i;

/** Returns `true` if a text is a placeholder for an id that the user has to choose. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  return MARKED.test(trimmed) || (REQUEST.test(trimmed) && SUBJECT.test(trimmed));
}
