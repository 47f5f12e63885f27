/** Result of Emotion's `serializeStyles`. */
export interface SerializedStyles {
  /** Hash of the text, with labels. */
  readonly name: string;
  readonly styles: string;
}

/** `serializeStyles` of Emotion. */
type Serialize = (
  args: readonly unknown[],
  registered?: Readonly<Record<string, string>>,
  mergedProps?: unknown,
) => SerializedStyles;

/**
 * `serializeStyles` of Emotion, which remembers its result for each list of serialized styles.
 * Components of EUI give such a list in each render, and Emotion joins and hashes its texts, which
 * have some thousand characters. The name of serialized styles is the hash of their text, so equal
 * names have equal results.
 */
export function cachedSerialization(serialize: Serialize): Serialize {
  const results = new Map<string, SerializedStyles>();
  return (args, registered, mergedProps) => {
    const key = registered === undefined ? keyOf(args) : undefined;
    if (key === undefined) return serialize(args, registered, mergedProps);
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = serialize(args, registered, mergedProps);
    results.set(key, result);
    return result;
  };
}

/**
 * Names of the styles, and texts of registered styles after them. `undefined`: there is something
 * else, for example a function, or the text of a template.
 */
function keyOf([styles, ...texts]: readonly unknown[]): string | undefined {
  const isList = Array.isArray(styles);
  // Emotion returns a single argument as it is.
  if (isList ? 'raw' in styles : texts.length === 0) return undefined;
  let key = isList ? '[' : '';
  for (const style of isList ? styles : [styles]) {
    // Emotion skips conditions that are not met.
    if (style === undefined || style === null || typeof style === 'boolean') key += ' ';
    else if (isSerialized(style)) key += ` ${style.name}`;
    else return undefined;
  }
  for (const text of texts) {
    if (typeof text !== 'string') return undefined;
    key += `\n${text}`;
  }
  return key;
}

const isSerialized = (value: unknown): value is SerializedStyles =>
  typeof value === 'object' && value !== null && 'styles' in value && 'name' in value;
