/** Selected fields of a JSON document. `undefined` below a name: everything in it is selected. */
interface FieldTree {
  readonly [name: string]: FieldTree | undefined;
}

/** The error of a malformed `fields` parameter. Google responds with 400 `invalidParameter`. */
export class FieldMaskError extends Error {
  override readonly name = 'FieldMaskError';
}

interface Cursor {
  readonly text: string;
  at: number;
}

const NAME = /[A-Za-z0-9_*.-]+/y;
const MAX_DEPTH = 20;

function parseTree(cursor: Cursor, depth: number): FieldTree {
  if (depth > MAX_DEPTH) throw new FieldMaskError('Too deeply nested');
  const tree: Record<string, FieldTree | undefined> = {};
  for (;;) {
    const [name, subtree] = parseField(cursor, depth);
    tree[name] = name in tree && tree[name] !== undefined ? { ...tree[name], ...subtree } : subtree;
    if (cursor.text[cursor.at] !== ',') return tree;
    cursor.at += 1;
  }
}

function parseField(cursor: Cursor, depth: number): [string, FieldTree | undefined] {
  NAME.lastIndex = cursor.at;
  const name = NAME.exec(cursor.text)?.[0];
  if (name === undefined) throw new FieldMaskError('Invalid field selection');
  cursor.at += name.length;
  const next = cursor.text[cursor.at];
  if (next === '/') {
    cursor.at += 1;
    const [child, subtree] = parseField(cursor, depth + 1);
    return [name, { [child]: subtree }];
  }
  if (next === '(') {
    cursor.at += 1;
    const subtree = parseTree(cursor, depth + 1);
    if (cursor.text[cursor.at] !== ')') throw new FieldMaskError('Invalid field selection');
    cursor.at += 1;
    return [name, subtree];
  }
  return [name, undefined];
}

function pick(value: unknown, tree: FieldTree | undefined): unknown {
  if (tree === undefined || '*' in tree) return value;
  if (Array.isArray(value)) return value.map((entry) => pick(entry, tree));
  if (typeof value !== 'object' || value === null) return value;
  const picked = Object.entries(value)
    .filter(([name]) => Object.hasOwn(tree, name))
    .map(([name, inner]) => [name, pick(inner, tree[name])]);
  return Object.fromEntries(picked);
}

/**
 * Reduces a document to the selected `fields`, as Google's partial responses do: `a,b/c,d(e,f)` and
 * `*`.
 * @throws FieldMaskError when the mask is malformed
 */
export function applyFieldMask(document: object, mask: string): object {
  const cursor: Cursor = { text: mask.replaceAll(' ', ''), at: 0 };
  const tree = parseTree(cursor, 0);
  if (cursor.at !== cursor.text.length) throw new FieldMaskError('Invalid field selection');
  return pick(document, tree) as object;
}
