/** Spellings of one plugin's name. */
export interface PluginNames {
  /** Folder, configuration key and prefix of stored types: `my_plugin`. */
  readonly snake: string;
  /** Plugin id: `myPlugin`. */
  readonly camel: string;
  /** Npm name below the scope, always with `plugin` at its end: `my-plugin`. */
  readonly packageName: string;
  /** Class, always with `Plugin` at its end: `MyPlugin`. */
  readonly className: string;
  /** Displayed name: `My plugin`. */
  readonly title: string;
}

const capitalized = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** Derives all spellings from a valid snake_case name. */
export function pluginNamesOf(snake: string): PluginNames {
  const words = snake.split('_');
  const [first = '', ...rest] = words;
  const suffixed = words.at(-1) === 'plugin' && words.length > 1 ? words : [...words, 'plugin'];
  return {
    snake,
    camel: [first, ...rest.map(capitalized)].join(''),
    packageName: suffixed.join('-'),
    className: suffixed.map(capitalized).join(''),
    title: capitalized(words.join(' ')),
  };
}

/**
 * Replaces every spelling of one name by the same spelling of another. It replaces in one pass, so
 * that a new name that contains the old one is not replaced again.
 */
export function renamePlugin(text: string, from: PluginNames, to: PluginNames): string {
  const spellings = new Map(
    (Object.keys(from) as (keyof PluginNames)[]).map((key) => [from[key], to[key]]),
  );
  const pattern = new RegExp([...spellings.keys()].join('|'), 'g');
  return text.replace(pattern, (found) => spellings.get(found) ?? found);
}
