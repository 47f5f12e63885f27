const ACCENTED: Readonly<Record<string, string>> = {
  ...{ a: 'á', c: 'ç', e: 'é', i: 'í', n: 'ñ', o: 'ó', u: 'ú', y: 'ý' },
  ...{ A: 'Á', C: 'Ç', E: 'É', I: 'Í', N: 'Ñ', O: 'Ó', U: 'Ú', Y: 'Ý' },
};

/**
 * Returns the text with accents, in brackets and a third longer, as a translation may be.
 * Arguments, plural rules and tags of the ICU message stay unchanged.
 */
export function pseudoLocalize(message: string): string {
  let depth = 0;
  let isTag = false;
  let result = '';
  let letters = 0;
  for (const character of message) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    // The texts of plural and select are inside the second pair of braces.
    const isText = depth % 2 === 0;
    if (isText && character === '<') isTag = true;
    const shown = isText && !isTag ? (ACCENTED[character] ?? character) : character;
    if (shown !== character) letters += 1;
    result += shown;
    if (character === '>') isTag = false;
  }
  return `[${result}${' ·'.repeat(Math.ceil(letters / 3))}]`;
}
