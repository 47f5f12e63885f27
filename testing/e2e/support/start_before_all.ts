import { afterAll, beforeAll } from '@jest/globals';
import {
  type Installation,
  type InstallationOptions,
  stopEverything,
  twoUsers,
} from '@latchkey/test-environment';

/**
 * Starts {@link twoUsers} before the tests of the enclosing `describe`, or of the file, and stops
 * everything after them. The members can be used in hooks and tests, not while tests are defined.
 * @param options a function when they depend on what an earlier `beforeAll` has started
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
