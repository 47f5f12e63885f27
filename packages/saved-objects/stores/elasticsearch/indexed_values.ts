import { createHash } from 'node:crypto';
import { words } from '../../filter/words.ts';
import type { FieldMapping } from '../../types/saved_objects_type.ts';

/** Lucene takes terms of at most 32,766 bytes. Longer texts are told apart by a hash behind their beginning. */
const MAX_TEXT_LENGTH = 2_000;
/** Nobody types a longer word into a search box. */
const MAX_WORD_LENGTH = 200;
/** Bounds what one text costs in the index. */
const MAX_WORDS = 10_000;

/** What Elasticsearch indexes and compares. Instants are milliseconds since the epoch. */
export type IndexedValue = string | number | boolean;

/**
 * A value as the index of a field of this kind holds it. The same function prepares what is searched for, so both always
 * agree. `undefined`: such a field cannot hold it, so nothing can be found by it.
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

/** All values of an attribute: one, or the elements of a list. */
export function indexedValues(mapping: FieldMapping, attribute: unknown): readonly IndexedValue[] {
  const values = Array.isArray(attribute) ? attribute : [attribute];
  return values.map((value) => indexedValue(mapping, value)).filter((value) => value !== undefined);
}

/** The words of an attribute that can be searched for. */
export function indexedWords(attribute: unknown): readonly string[] {
  const values = Array.isArray(attribute) ? attribute : [attribute];
  const all = values
    .filter((value) => typeof value === 'string')
    .flatMap(words)
    .map(indexedWord);
  return [...new Set(all)].slice(0, MAX_WORDS);
}

/** A word, or the beginning of one, as the index holds it. */
export function indexedWord(word: string): string {
  return word.slice(0, MAX_WORD_LENGTH);
}

/** The attribute a mapped name points to; a dot steps into an object. */
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
  // Half a surrogate pair would be stored as another text.
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
