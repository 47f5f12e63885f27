import { describe, expect, it } from 'vitest';
import { isLoadFailure } from './load_failure.ts';

describe('the check for code that could not be loaded', () => {
  it.each([
    ['Chromium', 'Failed to fetch dynamically imported module: http://localhost/assets/a.js'],
    ['Firefox', 'error loading dynamically imported module: http://localhost/assets/a.js'],
    ['Safari', 'Importing a module script failed.'],
  ])('detects a missing module in %s', (_browser, message) => {
    expect(isLoadFailure(new TypeError(message))).toBe(true);
  });

  it.each([
    ['an error of a page', new TypeError('x is undefined')],
    ['a value that is not an error', 'failed to fetch dynamically imported module'],
  ])('does not detect a missing module in %s', (_what, error) => {
    expect(isLoadFailure(error)).toBe(false);
  });
});
