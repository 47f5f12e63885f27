import { describe, expect, it } from 'vitest';
import { localize } from './localized_text.ts';

const TEXT = { en: 'Continue to {provider}', de: 'Weiter zu {provider}' };

describe('a text of the server', () => {
  it.each([
    ['en', 'Continue to example.com'],
    ['de', 'Weiter zu example.com'],
  ] as const)('contains the given values in %s', (language, expected) => {
    expect(localize(TEXT, language, { provider: 'example.com' })).toBe(expected);
  });

  it('has accents and brackets in the pseudo-locale, but unchanged values', () => {
    const text = localize(TEXT, 'en-XA', { provider: 'example.com' });
    expect(text).toMatch(/^\[Çóñtíñúé tó example\.com( ·)+\]$/);
  });

  it('replaces no placeholder by an inherited member, and none inside of a value', () => {
    expect(localize({ en: '{constructor}', de: '' }, 'en')).toBe('{constructor}');
    expect(localize(TEXT, 'en', { provider: '{provider}' })).toBe('Continue to {provider}');
  });
});
