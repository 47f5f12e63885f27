/** First line of a fenced block: its indentation and its fence. A language may follow. */
const OPENING = /^( *)(`{3,}|~{3,})[^`]*$/;

/**
 * Content of a text that is one fenced code block of Markdown and nothing else, as chats and
 * documents copy it. Other texts are returned as they are: what is around a block is not known.
 */
export function withoutCodeFence(text: string): string {
  const lines = text
    .trimEnd()
    .replace(/^(\s*\n)+/, '')
    .split(/\r?\n/);
  const [, indentation = '', fence] = OPENING.exec(lines[0] ?? '') ?? [];
  if (fence === undefined) return text;
  const isClosing = (line: string): boolean => {
    const end = /^ {0,3}(`+|~+)\s*$/.exec(line.slice(indentation.length))?.[1];
    return end !== undefined && end.startsWith(fence);
  };
  const closed = lines.findIndex((line, index) => index > 0 && isClosing(line));
  if (closed !== lines.length - 1) return text;
  const content = lines.slice(1, -1).map((line) => withoutSpaces(line, indentation.length));
  return `${content.join('\n')}\n`;
}

/** Removes spaces at the beginning of a line, at most as many as the fence has before it. */
const withoutSpaces = (line: string, most: number): string =>
  line.slice(Math.min(most, line.length - line.trimStart().length));
