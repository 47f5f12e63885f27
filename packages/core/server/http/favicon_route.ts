import { readFavicon } from '../../common/index.ts';
import { respond } from './respond.ts';
import type { Router } from './types.ts';

/** A key on a round background, legible on light and dark tabs. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<circle cx="16" cy="16" r="16" fill="#0b64dd"/>
<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><circle cx="11.5" cy="16" r="4.5"/><path d="M16 16h9.5v4.5M21 16v3.5"/></g>
</svg>
`;

/** Registers the icon of every page, `GET /favicon.ico`. */
export function registerFaviconRoute(router: Router): void {
  router.handle(readFavicon, () =>
    respond.ok(ICON, {
      headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
    }),
  );
}
