import { DEFAULT_SPACE_ID, escapeHtml, type LocalizedText, localize } from '../../common/index.ts';
import type { NotFoundPage } from '../http/index.ts';
import { appearanceOf } from './page_appearance.ts';
import { renderPage } from './page_frame.ts';
import { htmlTexts } from './page_texts.ts';

/** Texts of the pages at addresses that do not exist. */
export const NOT_FOUND_TEXTS = {
  spaceTitle: { en: 'Space not found', de: 'Bereich nicht gefunden' },
  // A space in which the user has no privilege gets the same text, so that the page does not reveal
  // which spaces exist.
  spaceText: {
    en: 'There is no space with this address, or you have no access to it.',
    de: 'Es gibt keinen Bereich mit dieser Adresse, oder Sie haben keinen Zugriff darauf.',
  },
  pageTitle: { en: 'Page not found', de: 'Seite nicht gefunden' },
  pageText: {
    en: 'No page has this address. It may have been moved, or the link is incomplete.',
    de: 'Es gibt keine Seite mit dieser Adresse. Möglicherweise wurde sie verschoben, oder der Link ist unvollständig.',
  },
  start: { en: 'Go to the start page', de: 'Zur Startseite' },
} as const satisfies Readonly<Record<string, LocalizedText>>;

/** Renders the page that a browser gets at an address without a page. */
export const renderNotFoundPage: NotFoundPage = (request, missing, urls) => {
  const appearance = appearanceOf(request);
  const text = htmlTexts(appearance);
  const title = missing === 'space' ? NOT_FOUND_TEXTS.spaceTitle : NOT_FOUND_TEXTS.pageTitle;
  const words = missing === 'space' ? NOT_FOUND_TEXTS.spaceText : NOT_FOUND_TEXTS.pageText;
  return renderPage(
    {
      appearance,
      title: localize(title, appearance.language),
      layout: 'result',
      body: [
        `<h1>${text(title)}</h1>`,
        `<p>${text(words)}</p>`,
        `<div class="actions"><a class="button" href="${escapeHtml(urls.path('/', DEFAULT_SPACE_ID))}">${text(NOT_FOUND_TEXTS.start)}</a></div>`,
      ],
    },
    urls,
  );
};
