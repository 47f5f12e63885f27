import { renderNotFoundPage } from './not_found_page.ts';
import type { PageAppearance } from './page_appearance.ts';
import type { PageStoryGroup } from './page_stories.mock.ts';

/** The pages at addresses that do not exist. */
export const pageStories: PageStoryGroup = {
  title: 'Not found (page of the server)',
  stories: [
    { name: 'page', render: (appearance, urls) => render('page', appearance, urls) },
    { name: 'space', render: (appearance, urls) => render('space', appearance, urls) },
  ],
};

/** Renders the page for a browser whose cookie names theme and language. */
function render(
  missing: 'page' | 'space',
  { theme, language }: PageAppearance,
  urls: Parameters<typeof renderNotFoundPage>[2],
): string {
  const request = { headers: {}, cookies: { appearance: `${theme}.${language}` } };
  return renderNotFoundPage(request, missing, urls);
}
