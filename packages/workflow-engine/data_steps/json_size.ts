/** Characters of a JSON text that a step reads or writes: 10 MB. */
export const MAX_JSON_CHARACTERS = 10 * 1024 * 1024;

/** Maximum nesting of JSON that recursive code can read. */
export const MAX_JSON_DEPTH = 1_000;

/** Size of a value as JSON. */
export interface JsonSize {
  /** Characters, without those that escapes in texts add; at least half of indented JSON. */
  readonly characters: number;
  readonly depth: number;
}

interface Limits {
  readonly characters: number;
  /** Characters of the indentation of one level; 0 if the JSON has no line breaks. */
  readonly indent?: number;
}

/**
 * Measures a value without writing it, and stops soon after it is larger than the limit or nested
 * deeper than {@link MAX_JSON_DEPTH}. Objects that are used several times count each time.
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

/** Names with their quotes and colons. */
function namesSize(value: object): number {
  return Object.keys(value).reduce((sum, name) => sum + name.length + 3, 0);
}

function scalarSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  return value instanceof Date ? 26 : String(value).length;
}
