import type { Route } from '@latchkey/core/common';
import * as core from '@latchkey/core/common';

/** Plugins whose routes the web app and programs call. */
const PLUGINS = ['actions', 'encrypted-saved-objects', 'security', 'spaces', 'workflows'];

/** Returns all routes that core and the plugins export, public and internal ones. */
export async function commonRoutes(): Promise<readonly Route[]> {
  const modules: object[] = [core];
  for (const plugin of PLUGINS) modules.push(await import(`@latchkey/${plugin}-plugin/common`));
  return modules.flatMap((module) => Object.values(module)).filter(isRoute);
}

function isRoute(value: unknown): value is Route {
  return (
    typeof value === 'object' &&
    value !== null &&
    'method' in value &&
    'path' in value &&
    'access' in value
  );
}
