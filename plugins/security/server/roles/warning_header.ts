const MAX_LENGTH = 4000;

/**
 * A `Warning` header as Elasticsearch sends it: code 299 (miscellaneous persistent warning, RFC
 * 7234 §5.5.7), agent and text. Clients choose parts of the text in the bodies of roles, so
 * characters that could end the header or its string are replaced.
 */
export function warningHeader(warnings: readonly string[]): string {
  const texts = warnings.map((text) => {
    const printable = text.replaceAll(/[^ -~]/g, '?').replaceAll(/["\\]/g, "'");
    return `299 Latchkey "${printable}"`;
  });
  const kept: string[] = [];
  let length = 0;
  for (const text of texts) {
    length += text.length + 2;
    if (length > MAX_LENGTH) break;
    kept.push(text);
  }
  return kept.join(', ');
}
