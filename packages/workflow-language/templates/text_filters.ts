import type { Liquid } from 'liquidjs';
import { findLastText, findText, splitText } from '../values/find_text.ts';

/** Adds the filters that search in texts. Their search takes linear time. */
export function registerTextFilters(liquid: Liquid): void {
  for (const [name, search] of Object.entries(SEARCHES)) {
    const original = liquid.filters[name];
    const handler = typeof original === 'function' ? original : original?.handler;
    liquid.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
      const texts = [value, ...rest].filter((each) => typeof each === 'string');
      const [text, piece, replacement = ''] = texts;
      // Liquid itself handles values that are not texts, an empty piece, and missing arguments.
      if (text === undefined || piece === undefined || piece === '' || texts.length <= rest.length)
        return handler?.call(this, value, ...rest);
      const { memoryLimit } = this.context;
      memoryLimit.use(piece.length);
      return search({ text, piece, replacement, use: (units) => memoryLimit.use(units) });
    });
  }
}

interface Search {
  readonly text: string;
  readonly piece: string;
  readonly replacement: string;
  /** Counts characters before memory for them is allocated. */
  readonly use: (units: number) => void;
}

const SEARCHES: Readonly<Record<string, (search: Search) => unknown>> = {
  split: ({ text, piece }) => {
    const parts = splitText(text, piece);
    // As in Liquid, empty parts at the end are removed.
    while (parts.at(-1) === '') parts.pop();
    return parts;
  },
  replace: replaceAll,
  remove: (search) => replaceAll({ ...search, replacement: '' }),
  replace_first: (search) => replaceAt(search, findText(search.text, search.piece)),
  remove_first: ({ text, piece, use }) =>
    replaceAt({ text, piece, replacement: '', use }, findText(text, piece)),
  replace_last: (search) => replaceAt(search, findLastText(search.text, search.piece)),
  remove_last: ({ text, piece, use }) =>
    replaceAt({ text, piece, replacement: '', use }, findLastText(text, piece)),
};

function replaceAll({ text, piece, replacement, use }: Search): string {
  const parts = splitText(text, piece);
  use((parts.length - 1) * replacement.length);
  return parts.join(replacement);
}

function replaceAt({ text, piece, replacement, use }: Search, at: number): string {
  use(replacement.length);
  return at < 0 ? text : text.slice(0, at) + replacement + text.slice(at + piece.length);
}
