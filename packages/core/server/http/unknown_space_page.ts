import { DEFAULT_SPACE_ID, escapeHtml } from '../../common/index.ts';
import type { UrlBuilder } from './types.ts';

/**
 * Page for a user whose address names a space that does not exist. The same for a space in which
 * the user has no privilege, so that it does not show which spaces exist.
 */
export function renderUnknownSpacePage(urls: Pick<UrlBuilder, 'path'>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Space not found - Latchkey</title>
</head>
<body>
<main>
<h1>Space not found</h1>
<p>There is no space with this address, or you have no access to it.</p>
<p><a href="${escapeHtml(urls.path('/', DEFAULT_SPACE_ID))}">Go to the start page</a></p>
</main>
</body>
</html>
`;
}
