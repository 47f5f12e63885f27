import { describe, expect, it } from 'vitest';
import { matchesWords, searchWords, words } from './words.ts';

describe('the words of a text', () => {
  it('are split at every character that is not a letter, digit or underscore, in any script', () => {
    expect(words('Google-Drive (prod), v2_old')).toEqual(['google', 'drive', 'prod', 'v2_old']);
    expect(words('Ключ 鍵 हिन्दी')).toEqual(['ключ', '鍵', 'हिन्दी']);
    expect(words(' *?% ')).toEqual([]);
  });
});

describe('a search for words', () => {
  it('matches when every searched word is the beginning of a word, in any order', () => {
    expect(matchesWords('Google Drive', searchWords('dr GOO'))).toBe(true);
    expect(matchesWords('Google Drive', searchWords('dr oogle'))).toBe(false);
  });

  it('has a limited number of words', () => {
    expect(searchWords('a '.repeat(1000)).length).toBeLessThan(50);
  });
});
