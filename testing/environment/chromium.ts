/**
 * Start of Chromium for measurements and tests: without a window, and without requests of its own,
 * which would disturb both. Popups are blocked as in the browsers of users.
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
  // Playwright would allow all popups.
  ignoreDefaultArgs: ['--disable-popup-blocking'],
};
