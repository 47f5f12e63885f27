import { z } from 'zod';

/** Maximum length of a text field in Jira, in characters. */
const MAX_LENGTH = 32_767;

type Inline = { readonly type: 'text'; readonly text: string } | { readonly type: 'hardBreak' };
interface Paragraph {
  readonly type: 'paragraph';
  readonly content: readonly Inline[];
}

/** A document in the Atlassian Document Format that has only paragraphs. */
export interface TextDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly Paragraph[];
}

/**
 * Converts plain text to a document. Empty lines separate paragraphs; other line breaks are kept.
 * The format permits no empty text, so an empty string becomes a document without paragraphs.
 */
export function toDocument(plain: string): TextDocument {
  const paragraphs = plain
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[^\S\n]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== '');
  return { type: 'doc', version: 1, content: paragraphs.map(toParagraph) };
}

function toParagraph(paragraph: string): Paragraph {
  const lines = paragraph.replace(/^\n|\n$/g, '').split('\n');
  return {
    type: 'paragraph',
    content: lines.flatMap((line, index) => [
      ...(index === 0 ? [] : [{ type: 'hardBreak' } as const]),
      ...(line === '' ? [] : [{ type: 'text', text: line } as const]),
    ]),
  };
}

/**
 * An input that is plain text, which is sent as a document.
 * @param minLength in characters
 */
export const plainText = (minLength = 0) =>
  z.string().min(minLength).max(MAX_LENGTH).transform(toDocument);
