/**
 * Parts of the error messages of browsers when a module cannot be loaded. The errors have no class
 * or code of their own.
 */
const LOAD_FAILURES = [
  // Chromium
  'failed to fetch dynamically imported module',
  // Firefox
  'error loading dynamically imported module',
  // Safari
  'importing a module script failed',
  // Vite's message for style sheets
  'unable to preload css',
];

/**
 * Returns `true` if a page failed because a file of the web app could not be loaded. After an
 * upgrade the files of the previous build no longer exist; loading the page again gets the new
 * ones.
 */
export function isLoadFailure(error: unknown): boolean {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  return LOAD_FAILURES.some((failure) => text.includes(failure));
}
