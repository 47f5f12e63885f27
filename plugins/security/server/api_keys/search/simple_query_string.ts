import { matchesWords, searchWords } from '@latchkey/saved-objects';

/** Tells if the texts of a key satisfy one part of the search. */
type TextTest = (texts: readonly string[]) => boolean;

interface Item {
  readonly test: TextTest;
  role: 'required' | 'optional' | 'excluded';
}

/** An operator and its operand: a quoted phrase, or a sequence of other characters. */
const TOKEN = /([+|-]*)(?:"([^"]*)"?|([^\s"|]+))|([+|-]+)/g;
/**
 * Matches operators for precedence and fuzziness. Quotes are removed before, so operators in quotes
 * do not count.
 */
const UNSUPPORTED = /[()]|~\d*(?=\s|$)/;

/** Returns `true` if the text uses operators of `simple_query_string` that are not supported. */
export const hasUnsupportedOperator = (text: string): boolean =>
  UNSUPPORTED.test(text.replaceAll(/"[^"]*"/g, ' '));

/**
 * Parses the text of a search box. Each word must be the beginning of a word in one of the searched
 * texts; a quoted phrase must occur in one of them. `+` requires, `-` excludes, `|` separates
 * alternatives. Unlike in Elasticsearch, an excluded word always excludes, even if all other words
 * are optional.
 * @param operator operator between words that have none between them
 */
export function simpleQueryString(text: string, operator: 'and' | 'or'): TextTest {
  const alternatives: Item[][] = [[]];
  for (const [, before = '', phrase, word, alone = ''] of text.matchAll(TOKEN)) {
    const operators = before + alone;
    if (operators.includes('|')) alternatives.push([]);
    const group = alternatives.at(-1) as Item[];
    const last = group.at(-1);
    const isRequired = operators.includes('+');
    if (isRequired && last?.role === 'optional') last.role = 'required';
    const test = phrase === undefined ? wordsTest(word ?? '') : phraseTest(phrase);
    if (test === undefined) continue;
    const role = isRequired || operator === 'and' ? 'required' : 'optional';
    group.push({ test, role: operators.includes('-') ? 'excluded' : role });
  }
  const groups = alternatives.filter((group) => group.length > 0);
  if (groups.length === 0) return () => true;
  return (texts) => groups.some((group) => satisfies(group, texts));
}

function satisfies(group: readonly Item[], texts: readonly string[]): boolean {
  const of = (role: Item['role']) => group.filter((item) => item.role === role);
  if (of('excluded').some(({ test }) => test(texts))) return false;
  const required = of('required');
  if (required.length > 0) return required.every(({ test }) => test(texts));
  const optional = of('optional');
  return optional.length === 0 || optional.some(({ test }) => test(texts));
}

function wordsTest(text: string): TextTest | undefined {
  const searched = searchWords(text);
  if (searched.length === 0) return undefined;
  return (texts) => texts.some((one) => matchesWords(one, searched));
}

function phraseTest(phrase: string): TextTest | undefined {
  if (phrase.trim() === '') return undefined;
  const searched = phrase.toLowerCase();
  return (texts) => texts.some((one) => one.toLowerCase().includes(searched));
}
