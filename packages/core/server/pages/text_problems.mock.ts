import type { LocalizedText } from '../../common/index.ts';

/**
 * Checks texts of the server, for the test beside them: each translation differs from English and
 * has the same placeholders. The compiler checks that none is missing.
 * @param texts by name, also nested
 * @returns one line for each problem
 */
export function textProblems(texts: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(texts).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (!isText(value)) {
      return textProblems({ ...value }).map((problem) => `${name}.${problem}`);
    }
    const { en, ...translations } = value;
    return Object.entries(translations).flatMap(([language, text]) => [
      ...(text === en || text.trim() === '' ? [`${name}: not translated to ${language}`] : []),
      ...(placeholdersOf(text) === placeholdersOf(en)
        ? []
        : [`${name}: other placeholders in ${language}`]),
    ]);
  });
}

const isText = (value: object): value is LocalizedText =>
  'en' in value && typeof value.en === 'string';

const placeholdersOf = (text: string): string =>
  [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();
