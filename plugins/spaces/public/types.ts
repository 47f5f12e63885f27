import type { SecurityBrowserSetup } from '@latchkey/security-plugin/public';

/** Contract for other plugins while they are set up. */
export type SpacesBrowserSetup = Readonly<Record<string, never>>;

/** Contract for other plugins while the web app runs. */
export type SpacesBrowserStart = Readonly<Record<string, never>>;

/** Plugins that spaces uses while it is set up. */
export interface SpacesBrowserSetupDeps {
  readonly security: SecurityBrowserSetup;
}
