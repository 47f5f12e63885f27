import { readFileSync } from 'node:fs';
import { ASSETS_PATH, readPageStyle } from '../../common/index.ts';
import { type Router, respond } from '../http/index.ts';

/** Font file with the letters of our languages. Other letters have a font of the system. */
const FONT_FILE = /^inter-latin-wght-normal-[\w-]+\.woff2$/;

/**
 * Registers the style sheet of the pages that the server renders.
 * @param files names of the files of the web app
 */
export function registerPageStyle(router: Router, files: readonly string[]): void {
  const style = pageStyle(files);
  const headers = {
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=300',
  };
  router.handle(readPageStyle, () => respond.ok(style, { headers }));
}

/**
 * Returns the style sheet. It uses the font of the web app if that was built, otherwise a font of
 * the system.
 * @param files names of the files of the web app
 */
export function pageStyle(files: readonly string[]): string {
  const rules = readFileSync(new URL('./assets/pages.css', import.meta.url), 'utf8');
  const font = files.find((file) => FONT_FILE.test(file));
  return font === undefined ? rules : `${fontFace(font)}\n${rules}`;
}

/**
 * Returns the rule that loads the font. Its URL is relative to the style sheet, so it is below the
 * base path.
 */
const fontFace = (file: string): string => `@font-face {
  font-family: "Inter Variable";
  font-weight: 100 900;
  font-display: swap;
  src: url(".${ASSETS_PATH}${file}") format("woff2");
}`;
