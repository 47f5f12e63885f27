/**
 * Options with which Chromium is started for measurements and tests: without a window, and without
 * network requests of the browser itself, which would disturb both. Popups are blocked, as in the
 * browsers of users.
 */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
  // Without this, Playwright would make the browser allow all popups.
  ignoreDefaultArgs: ['--disable-popup-blocking'],
};
