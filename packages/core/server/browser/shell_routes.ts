import { type BootData, DEFAULT_SPACE_ID, showHome, showShell } from '../../common/index.ts';
import {
  HttpError,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '../http/index.ts';
import type { BrowserBuild } from './browser_build.ts';
import { shellPolicy } from './content_security_policy.ts';
import { renderShell } from './shell_page.ts';
import type { FirstRequest, HomePage } from './types.ts';

/** Objects that the handlers of the shell routes call. */
export interface ShellRouteServices {
  /** `undefined`: the web app was not built. */
  readonly build: BrowserBuild | undefined;
  readonly urls: Pick<UrlBuilder, 'path'>;
  readonly createNonce: () => string;
  readonly readBootData: (request: ServerRequest) => Promise<BootData>;
  /**
   * Finds a space for a user who has no privilege in the default space. `undefined`: there is none.
   */
  readonly findHomeSpace: (request: ServerRequest) => Promise<string | undefined>;
  readonly firstRequests: readonly FirstRequest[];
  /** Returns the pages that `/` can lead to, in the order in which they are tried. */
  readonly homePages: () => readonly HomePage[];
}

/** Registers the page of the web app, and the redirect to it from the root of the server. */
export function registerShellRoutes(router: Router, services: ShellRouteServices): void {
  const { build, urls } = services;
  router.handle(showShell, async (request) => {
    if (build === undefined) return respond.errorPage(503, NOT_BUILT);
    const boot = await services.readBootData(request);
    const nonce = services.createNonce();
    const [path = ''] = request.url.split('?', 1);
    const imports = build.importsOf(path, boot.language);
    const firstRequests = services.firstRequests
      .filter(({ requiredPrivileges }) => hasAll(boot.user, requiredPrivileges))
      .map(({ route }) => urls.path(route.path, request.spaceId));
    const shell = renderShell({ boot, build, imports, firstRequests, nonce, urls });
    return respond.html(200, shell, {
      headers: {
        'content-security-policy': shellPolicy(nonce),
        // With `same-origin`, the window in which users authorize connectors would lose its
        // reference to this page.
        'cross-origin-opener-policy': 'same-origin-allow-popups',
      },
    });
  });
  router.handle(showHome, async (request) => {
    const { user } = await services.readBootData(request);
    if (user.privileges.length === 0 && request.spaceId === DEFAULT_SPACE_ID) {
      const space = await services.findHomeSpace(request);
      if (space !== undefined) return respond.redirect(urls.path('/', space));
    }
    const pages = services.homePages();
    const home =
      pages.find(({ requiredPrivileges }) => hasAll(user, requiredPrivileges)) ??
      // If the user may see none of the pages, the last one shows which access is missing.
      pages.at(-1);
    if (home === undefined) throw new HttpError(404, 'No page of the web app is installed.');
    return respond.redirect(urls.path(home.path, request.spaceId));
  });
}

const hasAll = ({ privileges }: BootData['user'], required: readonly string[]): boolean =>
  required.every((name) => privileges.includes(name));

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Latchkey</title>
  </head>
  <body>
    <main>
      <h1>The web app is not built</h1>
      <p>Start the server with <code>npm start</code> or <code>npm run serve</code>, which build it.</p>
    </main>
  </body>
</html>
`;
