import { describe, expect, it } from 'vitest';
import type { Language } from '../../common/index.ts';
import { LanguageStore } from './language_store.ts';
import { ENGLISH, type LanguageTexts } from './load_messages.ts';

const message = { id: 'core.test.hello', defaultMessage: 'Hello {name}' };
const german: LanguageTexts = { messages: { [message.id]: 'Hallo {name}' }, eui: {} };
const hello = (store: LanguageStore) =>
  store.getSnapshot().intl.formatMessage(message, { name: 'Ana' });

describe('the store of the language', () => {
  it('shows texts of the language, and English texts where a translation is missing', async () => {
    const store = new LanguageStore(async (language) => (language === 'de' ? german : ENGLISH));
    await store.show('de');
    expect(hello(store)).toBe('Hallo Ana');
    const other = { id: 'core.test.other', defaultMessage: 'Other' };
    expect(store.getSnapshot().intl.formatMessage(other)).toBe('Other');
  });

  it('keeps the current language when the texts of another one cannot be loaded', async () => {
    const store = new LanguageStore(async () => {
      throw new Error('offline');
    });
    await expect(store.show('de')).rejects.toThrow('offline');
    expect(hello(store)).toBe('Hello Ana');
  });

  it('ignores texts that arrive after the user chose another language', async () => {
    const slow = Promise.withResolvers<LanguageTexts>();
    const store = new LanguageStore((language: Language) =>
      language === 'de' ? slow.promise : Promise.resolve(ENGLISH),
    );
    const first = store.show('de');
    await store.show('en');
    slow.resolve(german);
    await first;
    expect(store.getSnapshot().language).toBe('en');
  });

  it.each<[Language, readonly string[], string]>([
    ['en', ['en-GB', 'en'], '1 Feb 2030'],
    ['en', ['en-US'], 'Feb 1, 2030'],
    ['en', ['en-US@posix'], 'Feb 1, 2030'],
    ['en', ['en-US@posix', 'en-GB'], '1 Feb 2030'],
    ['en', ['de-AT', 'fr'], 'Feb 1, 2030'],
    ['de', ['en-GB', 'de-AT'], '01.02.2030'],
    ['en-XA', ['en-GB'], '1 Feb 2030'],
  ])(
    'in the language %s, in a browser with the languages %j, formats a date as %s',
    async (language, browser, text) => {
      const store = new LanguageStore(async () => ENGLISH, browser);
      await store.show(language);
      const { intl } = store.getSnapshot();
      const noon = new Date(2030, 1, 1, 12);
      expect(intl.formatDate(noon, { dateStyle: 'medium' })).toBe(text);
    },
  );

  it.each([
    ['a name written from right to left', 'חשבון', '\u2068חשבון\u2069'],
    ['a name with an override of the direction', 'a\u202eb', '\u2068a\u202eb\u2069'],
    ['a name that ends an isolate', 'ח\u2069a', '\u2068חa\u2069'],
    ['a name written from left to right', 'Ana', 'Ana'],
  ])('isolates the direction of %s', (_, name, shown) => {
    const store = new LanguageStore(async () => ENGLISH);
    expect(store.getSnapshot().intl.formatMessage(message, { name })).toBe(`Hello ${shown}`);
  });

  it('marks every text of the pseudo-locale and keeps its arguments', async () => {
    const store = new LanguageStore(async () => ENGLISH);
    await store.show('en-XA');
    expect(hello(store)).toMatch(/^\[Hélló Ana( ·)+\]$/);
  });
});
