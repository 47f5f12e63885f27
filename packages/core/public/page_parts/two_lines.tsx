/**
 * Style that limits a name in a list to two lines. The box is inline, so that badges stay beside a
 * short name.
 */
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
 * A text, for example a name that a user entered, in at most two lines of a list. The tooltip has
 * the whole text. Do not use it for headings of pages and dialogs, which must show the whole name.
 */
export function TwoLines({ text }: { readonly text: string }) {
  return (
    <bdi css={TWO_LINES} title={text}>
      {text}
    </bdi>
  );
}
