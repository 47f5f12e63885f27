import type { SourceMessages } from './messages.ts';

/** Translations by message id. */
export type Translations = Readonly<Record<string, string>>;

/**
 * Compares translations with the messages of the sources.
 * @returns one line for each problem
 */
export function messageProblems(
  { messages, literals }: SourceMessages,
  translations: Translations,
): readonly string[] {
  const english = new Map<string, string>();
  const problems: string[] = [];
  for (const { id, text, file } of messages) {
    const other = english.get(id);
    if (other !== undefined && other !== text) problems.push(`${file}: [${id}] has two texts`);
    english.set(id, text);
  }
  for (const [id, text] of english) {
    const translation = translations[id];
    if (translation === undefined) problems.push(`[${id}] is not translated: ${text}`);
    else if (argumentsOf(translation) !== argumentsOf(text)) {
      problems.push(`[${id}] has different arguments than in English: ${translation}`);
    }
  }
  for (const id of Object.keys(translations)) {
    if (!english.has(id)) problems.push(`[${id}] is translated, but no source has it`);
  }
  return [
    ...problems,
    ...literals.map(({ file, line, text }) => `${file}:${line} "${text}" cannot be translated`),
  ];
}

/**
 * Returns the names of the arguments and tags of an ICU message, sorted. They differ if one message
 * is broken.
 */
function argumentsOf(message: string): string {
  const names = new Set<string>();
  let depth = 0;
  for (let index = 0; index < message.length; index += 1) {
    const character = message[index];
    // The texts of plural and select are inside the second pair of braces.
    if (character === '{' && depth % 2 === 0) {
      names.add(/^\{\s*(\w*)/.exec(message.slice(index))?.[1] ?? '');
    }
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
  }
  for (const [, tag = ''] of message.matchAll(/<(\w+)>/g)) names.add(`<${tag}>`);
  return `${[...names].sort().join()} ${depth}`;
}
