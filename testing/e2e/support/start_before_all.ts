import {
  type Installation,
  type InstallationOptions,
  stopEverything,
  twoUsers,
} from '@latchkey/test-environment';
import { afterAll, beforeAll } from 'vitest';

/**
 * Starts {@link twoUsers} before the tests of the enclosing `describe` block, or of the file, and
 * stops everything after them. Hooks and tests can use the members of the returned object; code
 * that defines tests cannot.
 * @param options a function when the options depend on what an earlier `beforeAll` has started
 */
export function startBeforeAll(
  options: InstallationOptions | (() => InstallationOptions) = {},
): Installation {
  const environment = {};
  beforeAll(async () => {
    const started = await twoUsers(typeof options === 'function' ? options() : options);
    Object.assign(environment, started);
  });
  afterAll(stopEverything);
  return environment as Installation;
}
