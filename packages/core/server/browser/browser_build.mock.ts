import type { HttpSetup } from '../http/index.ts';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { systemClock } from '../time/index.ts';
import { seededRandomness } from '../time/manual_time.mock.ts';
import type { BrowserBuild } from './browser_build.ts';
import { BrowserService } from './browser_service.ts';
import type { BrowserSetup } from './types.ts';

/** Returns a build with one script, for tests of the page that loads it. */
export function aBrowserBuild(over: Partial<BrowserBuild> = {}): BrowserBuild {
  return {
    id: '0123456789abcdef',
    scripts: ['main-a1b2.js'],
    preload: ['vendor-c3d4.js'],
    styles: ['main-e5f6.css'],
    importsOf: () => [],
    files: ['main-a1b2.js', 'vendor-c3d4.js', 'main-e5f6.css'],
    typeOf: (file) => (file === 'main-a1b2.js' ? 'text/javascript; charset=utf-8' : undefined),
    read: async (file, encoding) => Buffer.from(`${encoding} ${file}`),
    ...over,
  };
}

/** Registers the routes of the web app for the build of {@link aBrowserBuild}. */
export function serveWebApp(http: HttpSetup): BrowserSetup {
  const browser = new BrowserService({
    build: aBrowserBuild(),
    version: '1.0.0',
    plugins: {},
    clock: systemClock,
    randomness: seededRandomness('browser'),
    logger: createLoggerMock('browser'),
  });
  browser.registerRoutes(http);
  return browser.setup;
}
