import { expect, it } from '@jest/globals';
import { LANGUAGES } from '@latchkey/core/common';
import { pageTexts } from './page_texts.ts';

it.each(LANGUAGES.filter((language) => language !== 'en'))(
  'each English text has another one with the same placeholders in %s',
  (language) => {
    const translated = Object.entries(pageTexts(language));
    expect(translated.map(([name]) => name)).toEqual(Object.keys(pageTexts('en')));
    const english: Readonly<Record<string, string>> = pageTexts('en');
    for (const [name, text] of translated) {
      expect(text).not.toBe(english[name]);
      expect(text.match(/\{\w+\}/g)).toEqual(english[name]?.match(/\{\w+\}/g) ?? null);
    }
  },
);
