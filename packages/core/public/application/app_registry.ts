import type { AppDefinition } from '../types.ts';

/**
 * Registered apps of all plugins. Plugins add apps while they are set up; the web app reads them
 * while it runs.
 */
export class AppRegistry {
  readonly #apps = new Map<AppDefinition, string>();

  /**
   * @param pluginId plugin to which the app belongs
   * @throws TypeError when another app has the id or the path
   */
  register(app: AppDefinition, pluginId: string): void {
    const taken = this.all().find(({ id, path }) => id === app.id || path === app.path);
    if (taken !== undefined) {
      throw new TypeError(`App [${app.id}] has the id or path of app [${taken.id}]`);
    }
    this.#apps.set(app, pluginId);
  }

  /** Removes the apps of a plugin that failed. */
  removeOf(pluginId: string): void {
    for (const [app, owner] of this.#apps) if (owner === pluginId) this.#apps.delete(app);
  }

  /** All apps, in the order of registration. */
  all(): readonly AppDefinition[] {
    return [...this.#apps.keys()];
  }
}

/** Apps of one section of the menu that the user may open, in the order of the menu. */
export function menuApps(
  apps: readonly AppDefinition[],
  section: AppDefinition['section'],
  can: (privilege: string) => boolean,
): readonly AppDefinition[] {
  return apps
    .filter((app) => app.section === section && app.order !== undefined && mayOpen(app, can))
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

/**
 * Returns the app that opens without a path: the first of the menu. `undefined`: the user may open
 * none.
 */
export function homeApp(
  apps: readonly AppDefinition[],
  can: (privilege: string) => boolean,
): AppDefinition | undefined {
  const sections = ['main', 'administration', 'user'] as const;
  return sections.flatMap((section) => menuApps(apps, section, can))[0];
}

/** Returns `true` if the user has all privileges that the app requires. */
export function mayOpen(app: AppDefinition, can: (privilege: string) => boolean): boolean {
  return app.requiredPrivileges.every(can);
}

/**
 * Returns the app at a path without base path and space. If several match, the longest path wins.
 * `undefined`: no app matches.
 */
export function appAt(apps: readonly AppDefinition[], pathname: string): AppDefinition | undefined {
  return apps
    .filter(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}
