/**
 * A tree of settings that has the shape of the configuration: objects and records are maps,
 * everything else is a leaf.
 */
export type ConfigNode = ConfigBranch | ConfigLeaf;

/** Settings below one key, by the next part of their keys. */
export type ConfigBranch = Map<string, ConfigNode>;

/** A value and its source. */
export interface ConfigLeaf {
  readonly value: unknown;
  readonly source: string;
  /** The keys as written, for messages about conflicts. */
  readonly spelling: string;
}

/**
 * Merges the tree `above` into the tree `below`, in place. Objects and records are merged; other
 * values are replaced.
 */
export function mergeTrees(below: ConfigBranch, above: ReadonlyMap<string, ConfigNode>): void {
  for (const [key, node] of above) {
    const before = below.get(key);
    if (before instanceof Map && node instanceof Map) mergeTrees(before, node);
    else below.set(key, node);
  }
}

/** Returns the tree as plain objects, as the schema expects them. */
export function toPlain(node: ConfigNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (!(node instanceof Map)) return node.value;
  return Object.fromEntries([...node].map(([key, inner]) => [key, toPlain(inner)]));
}

/** Returns the node at a path. `undefined`: no source sets it. */
export function nodeAt(root: ConfigNode, path: readonly string[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const key of path) node = node instanceof Map ? node.get(key) : undefined;
  return node;
}

/**
 * Puts a node at a path.
 * @returns `false` when a part of the path is a setting that contains no other settings
 */
export function putAt(root: ConfigBranch, path: readonly string[], node: ConfigNode): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return false;
  if (rest.length === 0) {
    if (root.has(head)) return false;
    root.set(head, node);
    return true;
  }
  const inner = root.get(head) ?? new Map<string, ConfigNode>();
  root.set(head, inner);
  return inner instanceof Map && putAt(inner, rest, node);
}

/** Removes a node, and the branches above it that become empty. */
export function removeAt(root: ConfigBranch, path: readonly string[]): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  const inner = root.get(head);
  if (rest.length > 0 && inner instanceof Map) {
    removeAt(inner, rest);
    if (inner.size > 0) return;
  }
  root.delete(head);
}

/**
 * Returns the source of the value at a path, or of the first value below it. `undefined`: there is
 * no value.
 */
export function sourceAt(root: ConfigNode, path: readonly string[]): string | undefined {
  let node: ConfigNode = root;
  for (const key of path) {
    const inner: ConfigNode | undefined = node instanceof Map ? node.get(key) : undefined;
    if (inner === undefined) break;
    node = inner;
  }
  return firstLeaf(node)?.source;
}

/** Returns the first value below a node. `undefined`: there is none. */
export function firstLeaf(node: ConfigNode): ConfigLeaf | undefined {
  if (!(node instanceof Map)) return node;
  for (const inner of node.values()) {
    const found = firstLeaf(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
