import { type Alias, type Document, isAlias, isPair, isScalar } from 'yaml';

/**
 * Finds the first alias with which the texts of a document exceed the limit of characters, if each
 * alias is replaced by its value. Aliases are not really expanded. `undefined`: there is no such
 * alias.
 * @param document nested at most a few hundred levels deep
 */
export function largeAlias(document: Document, limit: number): Alias | undefined {
  /** Number of characters of the value of each anchor. Later aliases use it. */
  const sizes = new Map<string, number>();
  let total = 0;
  let found: Alias | undefined;

  /**
   * Counts the characters of a value.
   * @returns number of characters, including those of its aliases
   */
  const add = (node: unknown): number => {
    if (found !== undefined) return 0;
    if (isAlias(node)) {
      const size = sizes.get(node.source) ?? 0;
      total += size;
      if (total > limit) found = node;
      return size;
    }
    const size = isScalar(node) ? lengthOf(node.value) : sumOf(membersOf(node));
    if (isScalar(node)) total += size;
    const anchor = anchorOf(node);
    if (anchor !== undefined) sizes.set(anchor, size);
    return size;
  };
  const sumOf = (nodes: readonly unknown[]): number =>
    nodes.reduce((sum: number, node) => sum + add(node), 0);

  add(document.contents);
  return found;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : String(value).length;
}

function membersOf(node: unknown): readonly unknown[] {
  if (typeof node !== 'object' || node === null || !('items' in node)) return [];
  const items: readonly unknown[] = Array.isArray(node.items) ? node.items : [];
  return items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item]));
}

function anchorOf(node: unknown): string | undefined {
  const isNode = typeof node === 'object' && node !== null && 'anchor' in node;
  return isNode && typeof node.anchor === 'string' ? node.anchor : undefined;
}
