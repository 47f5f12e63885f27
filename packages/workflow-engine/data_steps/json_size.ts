/** Maximum characters of a JSON text that a step reads or writes: 10 MB. */
export const MAX_JSON_CHARACTERS = 10 * 1024 * 1024;

/** Maximum nesting of JSON, so that recursive code can process it without a stack overflow. */
export const MAX_JSON_DEPTH = 1_000;

/** Size of a value as JSON. */
export interface JsonSize {
  /**
   * Number of characters. Escapes in texts are not counted, so it is a lower bound; for indented
   * JSON, it is at least half of the real number.
   */
  readonly characters: number;
  readonly depth: number;
}

interface Limits {
  readonly characters: number;
  /** Number of characters by which each level is indented. 0: the JSON has no line breaks. */
  readonly indent?: number;
}

/**
 * Measures the JSON of a value without creating it. Stops soon after the value exceeds the limit or
 * is nested deeper than {@link MAX_JSON_DEPTH}. An object that is used several times counts each
 * time.
 */
export function measureJson(value: unknown, { characters: limit, indent = 0 }: Limits): JsonSize {
  const waiting: unknown[] = [value];
  const depths: number[] = [0];
  let characters = 0;
  let deepest = 0;
  while (waiting.length > 0 && characters <= limit && deepest <= MAX_JSON_DEPTH) {
    const each = waiting.pop();
    const depth = depths.pop() ?? 0;
    if (typeof each !== 'object' || each === null || each instanceof Date) {
      characters += scalarSize(each);
      continue;
    }
    deepest = Math.max(deepest, depth + 1);
    const members: readonly unknown[] = Object.values(each);
    const separators = 1 + (indent > 0 ? 1 + indent * (depth + 1) : 0);
    const names = Array.isArray(each) ? 0 : namesSize(each);
    characters += Math.max(2, 1 + separators * members.length + names);
    if (characters > limit) break;
    for (const member of members) {
      waiting.push(member);
      depths.push(depth + 1);
    }
  }
  return { characters, depth: deepest };
}

/** Characters of the names of an object, with their quotes and colons. */
function namesSize(value: object): number {
  return Object.keys(value).reduce((sum, name) => sum + name.length + 3, 0);
}

function scalarSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  return value instanceof Date ? 26 : String(value).length;
}
