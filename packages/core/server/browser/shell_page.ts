import { ASSETS_PATH, type BootData, escapeHtml, SHELL_PAGE } from '../../common/index.ts';
import type { UrlBuilder } from '../http/index.ts';
import type { BrowserBuild } from './browser_build.ts';

/** Values of one shell page. */
export interface ShellPage {
  readonly boot: BootData;
  readonly build: Pick<BrowserBuild, 'scripts' | 'preload' | 'styles'>;
  /**
   * Modules that the page imports soon after the start. The browser requests them with the first
   * ones.
   */
  readonly imports: readonly string[];
  /** URLs of requests that the first script sends. */
  readonly firstRequests: readonly string[];
  readonly nonce: string;
  readonly urls: Pick<UrlBuilder, 'path'>;
}

/**
 * Page colours of EUI's themes. They are in the page itself, so that the first paint uses them and
 * a dark theme does not begin with a white window.
 */
const FIRST_PAINT = `
      html { color-scheme: light; background: #ecf1f9; }
      html[data-theme='dark'] { color-scheme: dark; background: #07101f; }
      @media (prefers-color-scheme: dark) {
        html[data-theme='system'] { color-scheme: dark; background: #07101f; }
      }`;

/** Renders the page that starts the web app. */
export function renderShell({
  boot,
  build,
  imports,
  firstRequests,
  nonce,
  urls,
}: ShellPage): string {
  const asset = (file: string) => escapeHtml(urls.path(`${ASSETS_PATH}${file}`));
  const script = (file: string) => `<script type="module" src="${asset(file)}"></script>`;
  const [firstScript = '', ...startScripts] = build.scripts;
  const head = [
    ...firstRequests.map(
      (url) => `<meta name="${SHELL_PAGE.firstRequestName}" content="${escapeHtml(url)}">`,
    ),
    // This script sends the first requests, so it comes before the long list of modules.
    script(firstScript),
    // Browsers send six requests at the same time and the others in this order. The start script is
    // the largest file and takes longest to compile, so it is preloaded first: as a module script
    // alone, it would be requested last.
    ...[...startScripts, ...build.preload, ...imports].map(
      (file) => `<link rel="modulepreload" href="${asset(file)}">`,
    ),
    ...build.styles.map((file) => `<link rel="stylesheet" href="${asset(file)}">`),
    ...Object.values(SHELL_PAGE.styleMarkers).map((name) => `<meta name="${name}">`),
    ...startScripts.map(script),
  ];
  return `<!doctype html>
<html lang="${boot.language}" data-theme="${boot.theme}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="${boot.theme === 'system' ? 'light dark' : boot.theme}">
    <meta property="${SHELL_PAGE.nonceProperty}" nonce="${escapeHtml(nonce)}">
    <title>Latchkey</title>
    <link rel="icon" href="${escapeHtml(urls.path('/favicon.ico'))}">
    <style nonce="${escapeHtml(nonce)}">${FIRST_PAINT}
    </style>
    ${head.join('\n    ')}
  </head>
  <body>
    <noscript>Latchkey needs JavaScript.</noscript>
    <div id="${SHELL_PAGE.rootId}"></div>
    <script type="application/json" id="${SHELL_PAGE.bootDataId}">${toScriptJson(boot)}</script>
  </body>
</html>
`;
}

/**
 * Returns JSON for the inside of a script element: no value can end the element, and no line
 * separator of JavaScript (U+2028, U+2029) remains.
 */
function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
