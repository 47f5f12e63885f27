import type { EditorState } from '@codemirror/state';

/** First line of a fenced block of YAML: its indentation and its fence. */
const OPENING = /^( *)(`{3,}|~{3,}) *(?:ya?ml)? *$/i;

/**
 * Removes the code fence around a pasted text if the cursor is where members of the document begin.
 * Elsewhere, the text may become part of a string whose author wants the fence.
 */
export function pastedText(text: string, { doc, selection }: EditorState): string {
  const { from } = selection.main;
  return from === doc.lineAt(from).from ? withoutCodeFence(text) : text;
}

/**
 * Returns the content of a text that is one fenced code block of YAML and nothing else. Chats and
 * documents copy YAML in this form. Other texts are returned unchanged, because text around a block
 * may be meant.
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

/** Removes spaces at the beginning of a line, at most `most`: the indentation of the fence. */
const withoutSpaces = (line: string, most: number): string =>
  line.slice(Math.min(most, line.length - line.trimStart().length));
