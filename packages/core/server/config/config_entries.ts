import { type Document, isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';

/** Keys and values of a mapping that contains a key more than once, in the order of the file. */
export class ConfigEntries {
  readonly entries: readonly (readonly [key: string, value: unknown])[];

  constructor(entries: readonly (readonly [key: string, value: unknown])[]) {
    this.entries = entries;
  }
}

/** Returns the keys and values of settings, including repeated keys. */
export function entriesOf(settings: object): readonly (readonly [string, unknown])[] {
  return settings instanceof ConfigEntries ? settings.entries : Object.entries(settings);
}

/**
 * Converts a YAML node to plain values. A mapping with repeated keys becomes {@link ConfigEntries}.
 */
export function settingsOf(document: Document.Parsed, node: unknown): unknown {
  if (isAlias(node)) return settingsOf(document, node.resolve(document));
  if (isSeq(node)) return node.items.map((item) => settingsOf(document, item));
  if (isScalar(node)) return node.value;
  if (!isMap(node)) return null;
  const entries = node.items.filter(isPair).map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : String(key);
    return [name, settingsOf(document, value)] as const;
  });
  const names = new Set(entries.map(([name]) => name));
  return names.size === entries.length ? Object.fromEntries(entries) : new ConfigEntries(entries);
}

/**
 * Returns `true` if a value repeats a key at any depth. For values that are not read key by key.
 */
export function repeatsKey(value: unknown): boolean {
  if (value instanceof ConfigEntries) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(repeatsKey);
}
