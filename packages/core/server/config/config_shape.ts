import type { ZodType, z } from 'zod';

/**
 * Kinds of values that a setting accepts. They decide how a text from the environment or the
 * command line is converted.
 */
export type ValueKind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/**
 * The shape of a configuration, derived from its zod schema. It decides where a dotted key may be
 * split: at objects, but never inside the keys of a record, whose dots are data
 * (`'https://www.example.com': …`).
 */
export type ConfigShape =
  | {
      readonly type: 'object';
      readonly keys: ReadonlyMap<string, ConfigShape>;
      /** `false`: keys that are not listed are passed to the schema. */
      readonly isStrict: boolean;
    }
  | { readonly type: 'record'; readonly value: ConfigShape }
  | { readonly type: 'array'; readonly element: ConfigShape }
  | { readonly type: 'leaf'; readonly kinds: ReadonlySet<ValueKind> };

type Def = z.core.$ZodTypeDef & Readonly<Record<string, unknown>>;

const ANYTHING: ConfigShape = {
  type: 'leaf',
  kinds: new Set<ValueKind>(['string', 'number', 'boolean', 'array', 'object', 'null']),
};

const LEAF_KINDS: Readonly<Record<string, readonly ValueKind[]>> = {
  string: ['string'],
  template_literal: ['string'],
  enum: ['string'],
  number: ['number'],
  int: ['number'],
  boolean: ['boolean'],
  null: ['null'],
  map: ['object'],
  tuple: ['array'],
  set: ['array'],
};

/**
 * Derives the shape of a schema. A schema of an unknown kind becomes a leaf that accepts any kind.
 */
export function shapeOf(schema: ZodType | z.core.$ZodType): ConfigShape {
  const def = schema._zod.def as Def;
  switch (def.type) {
    case 'object':
      return objectShape(def);
    case 'record':
      return { type: 'record', value: shapeOf(def['valueType'] as ZodType) };
    case 'array':
      return { type: 'array', element: shapeOf(def['element'] as ZodType) };
    case 'optional':
    case 'nonoptional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return shapeOf(def['innerType'] as ZodType);
    case 'pipe':
      return pipeShape(def);
    case 'lazy':
      return shapeOf((def['getter'] as () => ZodType)());
    case 'union':
      return (def['options'] as ZodType[]).map(shapeOf).reduce(mergeShapes);
    case 'intersection':
      return mergeShapes(shapeOf(def['left'] as ZodType), shapeOf(def['right'] as ZodType));
    case 'literal':
      return leaf((def['values'] as unknown[]).map(kindOf));
    default:
      return LEAF_KINDS[def.type] === undefined ? ANYTHING : leaf(LEAF_KINDS[def.type] ?? []);
  }
}

/** Returns the kind of a value that the YAML parser returned. */
export function kindOf(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'number' || type === 'boolean' || type === 'string' ? type : 'object';
}

const leaf = (kinds: readonly ValueKind[]): ConfigShape => ({
  type: 'leaf',
  kinds: new Set(kinds),
});

function objectShape(def: Def): ConfigShape {
  const shape = def['shape'] as Record<string, ZodType>;
  const keys = new Map(Object.entries(shape).map(([key, inner]) => [key, shapeOf(inner)]));
  const rest = (def['catchall'] as ZodType | undefined)?._zod.def.type;
  return { type: 'object', keys, isStrict: rest === 'never' };
}

/** `z.preprocess` puts a transform first; then the second schema defines the shape. */
function pipeShape(def: Def): ConfigShape {
  const before = def['in'] as ZodType;
  return shapeOf(before._zod.def.type === 'transform' ? (def['out'] as ZodType) : before);
}

/**
 * Returns the union of two shapes. Shapes that cannot be distinguished become a leaf that accepts
 * any kind.
 */
function mergeShapes(a: ConfigShape, b: ConfigShape): ConfigShape {
  if (a.type === 'leaf' && b.type === 'leaf') {
    return { type: 'leaf', kinds: new Set([...a.kinds, ...b.kinds]) };
  }
  if (a.type === 'object' && b.type === 'object') {
    const keys = new Map(a.keys);
    for (const [key, shape] of b.keys) {
      const known = keys.get(key);
      keys.set(key, known === undefined ? shape : mergeShapes(known, shape));
    }
    return { type: 'object', keys, isStrict: a.isStrict && b.isStrict };
  }
  if (a.type === 'array' && b.type === 'array') {
    return { type: 'array', element: mergeShapes(a.element, b.element) };
  }
  if (a.type === 'record' && b.type === 'record') {
    return { type: 'record', value: mergeShapes(a.value, b.value) };
  }
  return ANYTHING;
}

/**
 * Yields every complete path that accepts a value, with its shape. An array or a record counts as
 * one value.
 */
export function* pathsOf(
  shape: ConfigShape,
  prefix = '',
): Generator<readonly [string, ConfigShape]> {
  if (shape.type !== 'object') {
    yield [prefix, shape];
    return;
  }
  for (const [key, inner] of shape.keys)
    yield* pathsOf(inner, prefix === '' ? key : `${prefix}.${key}`);
}

/**
 * Puts the shape of a setting at a path of a tree of objects. `root: undefined` is an empty tree.
 * @throws Error when another setting has the path, or a value blocks it
 */
export function placeShape(
  root: ConfigShape | undefined,
  path: readonly string[],
  placed: ConfigShape,
): ConfigShape {
  const [head, ...rest] = path;
  if (head === undefined) {
    if (root !== undefined) throw new Error('another setting already has this path');
    return placed;
  }
  if (root !== undefined && root.type !== 'object')
    throw new Error('a part of this path is a setting that contains no other settings');
  const keys = new Map(root?.keys);
  keys.set(head, placeShape(keys.get(head), rest, placed));
  return { type: 'object', keys, isStrict: root?.isStrict ?? true };
}

/** Returns the shape of the setting at a path. `undefined`: no setting has this path. */
export function shapeAt(root: ConfigShape, path: readonly string[]): ConfigShape | undefined {
  let shape: ConfigShape | undefined = root;
  for (const key of path) shape = shape?.type === 'object' ? shape.keys.get(key) : undefined;
  return shape;
}
