import { describe, expect, it } from '@jest/globals';
import { matchesWords, searchWords, words } from './words.ts';

describe('words', () => {
  it('splits at everything that is no letter, digit or underscore, in any script', () => {
    expect(words('Google-Drive (prod), v2_old')).toEqual(['google', 'drive', 'prod', 'v2_old']);
    expect(words('Ключ 鍵 हिन्दी')).toEqual(['ключ', '鍵', 'हिन्दी']);
    expect(words(' *?% ')).toEqual([]);
  });
});

describe('matchesWords', () => {
  it('asks every searched word to begin a word, in any order', () => {
    expect(matchesWords('Google Drive', searchWords('dr GOO'))).toBe(true);
    expect(matchesWords('Google Drive', searchWords('dr oogle'))).toBe(false);
  });

  it('bounds how many words one search may ask for', () => {
    expect(searchWords('a '.repeat(1000)).length).toBeLessThan(50);
  });
});
