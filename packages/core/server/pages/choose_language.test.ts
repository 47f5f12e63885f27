import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './choose_language.ts';

describe('the language of a page', () => {
  it.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en-GB,en;q=0.9,de;q=0.8', 'en'],
    ['fr, de;q=0.5, en;q=0.7', 'en'],
    ['de;q=0, en', 'en'],
    ['fr', 'en'],
    ['en-XA', 'en-XA'],
    ['en-XB', 'en'],
    ['de;q=0.1, en-xa;q=0.2', 'en-XA'],
    ['*', 'en'],
    ['de;q=x', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    [`${'fr,'.repeat(5_000)}de`, 'en'],
  ])('for a browser with the Accept-Language %j is %s', (accepted, language) => {
    expect(chooseLanguage(accepted)).toBe(language);
  });
});

it('the choice of a language takes linear time for a header with many spaces', () => {
  // With quadratic time this loop takes minutes.
  for (let count = 0; count < 100; count += 1) {
    expect(chooseLanguage(`de;q=0.5,x${' '.repeat(15_000)}y`)).toBe('de');
  }
});
