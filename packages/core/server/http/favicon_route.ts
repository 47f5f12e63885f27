import { readFavicon } from '../../common/index.ts';
import { respond } from './respond.ts';
import type { Router } from './types.ts';

/** Icon of the web app, which is legible on light and dark tabs. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<rect width="24" height="24" rx="5" fill="#0b64dd"/>
<g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"><circle cx="8.5" cy="12" r="3.5"/><path d="M12 12h7.5M16 12v3M19.5 12v3"/></g>
</svg>
`;

/** Registers the route of the icon, `GET /favicon.ico`. */
export function registerFaviconRoute(router: Router): void {
  router.handle(readFavicon, () =>
    respond.ok(ICON, {
      headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
    }),
  );
}
