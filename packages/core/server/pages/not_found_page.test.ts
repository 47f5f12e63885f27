import { expect, it } from 'vitest';
import { createUrlBuilder } from '../mocks.ts';
import { NOT_FOUND_TEXTS, renderNotFoundPage } from './not_found_page.ts';
import { textProblems } from './text_problems.mock.ts';

const urls = createUrlBuilder({ basePath: '/kb', publicBaseUrl: undefined });
const german = { cookies: { appearance: 'dark.de' }, headers: {} };

it('the texts of the not-found page are translated', () => {
  expect(textProblems({ NOT_FOUND_TEXTS })).toEqual([]);
});

it.each([
  ['space', 'Bereich nicht gefunden'],
  ['page', 'Seite nicht gefunden'],
] as const)(
  'the page for a missing %s has the language and the theme of the browser',
  (missing, title) => {
    const page = renderNotFoundPage(german, missing, urls);
    expect(page).toContain('<html lang="de" data-theme="dark">');
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).toContain('href="/kb/">Zur Startseite</a>');
  },
);
