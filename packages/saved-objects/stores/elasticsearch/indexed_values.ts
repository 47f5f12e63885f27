import { createHash } from 'node:crypto';
import { words } from '../../filter/words.ts';
import type { FieldMapping } from '../../types/saved_objects_type.ts';

/**
 * Maximum characters of an indexed text. A longer text is cut and a hash of the whole text is
 * appended. Lucene accepts terms of at most 32,766 bytes.
 */
const MAX_TEXT_LENGTH = 2_000;
/** Maximum characters of an indexed word. No user types a longer word into a search box. */
const MAX_WORD_LENGTH = 200;
/** Maximum indexed words of one attribute. It limits the size of the attribute in the index. */
const MAX_WORDS = 10_000;

/** A value that Elasticsearch indexes and compares. Instants are milliseconds since the epoch. */
export type IndexedValue = string | number | boolean;

/**
 * Converts a value to the form in the index of a field. Stored and searched values both use this
 * function, so they are always comparable. `undefined`: the field cannot represent the value, so no
 * document matches it.
 */
export function indexedValue({ type }: FieldMapping, value: unknown): IndexedValue | undefined {
  switch (type) {
    case 'keyword':
    case 'text':
      return indexedText(value);
    case 'date':
      return indexedInstant(value);
    case 'long':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
  }
}

/** Returns the indexed values of an attribute: one value, or the elements of a list. */
export function indexedValues(mapping: FieldMapping, attribute: unknown): readonly IndexedValue[] {
  const values = Array.isArray(attribute) ? attribute : [attribute];
  return values.map((value) => indexedValue(mapping, value)).filter((value) => value !== undefined);
}

/** Returns the words of an attribute in the form that the index has. */
export function indexedWords(attribute: unknown): readonly string[] {
  const values = Array.isArray(attribute) ? attribute : [attribute];
  const all = values
    .filter((value) => typeof value === 'string')
    .flatMap(words)
    .map(indexedWord);
  return [...new Set(all)].slice(0, MAX_WORDS);
}

/** Returns the part of a word that the index contains: its first characters. */
export function indexedWord(word: string): string {
  return word.slice(0, MAX_WORD_LENGTH);
}

/**
 * Returns the value of a mapped attribute. A dot in the name leads into an object. `undefined`: the
 * document has no such attribute.
 */
export function attributeAt(attributes: Readonly<Record<string, unknown>>, field: string): unknown {
  let value: unknown = attributes;
  for (const step of field.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
  }
  return value;
}

function indexedText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // Half a surrogate pair would be stored as a different text.
  if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
  if (value.length <= MAX_TEXT_LENGTH) return value;
  const hash = createHash('sha256').update(value).digest('base64url');
  return `${value.slice(0, MAX_TEXT_LENGTH).toWellFormed()}\u0000${hash}`;
}

function indexedInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : instant;
}
