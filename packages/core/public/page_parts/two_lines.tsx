/** Longest height of a name in a list. An inline box: badges stay beside a short name. */
const TWO_LINES = {
  display: '-webkit-inline-box',
  WebkitLineClamp: 2,
  WebkitBoxOrient: 'vertical',
  overflow: 'hidden',
  maxInlineSize: '100%',
  verticalAlign: 'top',
  overflowWrap: 'anywhere',
} as const;

/**
 * Name that a user gave, or another text, in at most two lines of a list. The tooltip has the whole
 * text. Not for headings of pages and dialogs, which show the whole name.
 */
export function TwoLines({ text }: { readonly text: string }) {
  return (
    <bdi css={TWO_LINES} title={text}>
      {text}
    </bdi>
  );
}
