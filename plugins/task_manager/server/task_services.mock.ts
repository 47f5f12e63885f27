import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import {
  aTaskService,
  type TaskServiceHarness,
  type TaskServiceHarnessOptions,
} from './testing/index.ts';

/**
 * Gives each test of a file its own store, and closes the services that are still open after it.
 * @param defaults options of every service
 * @returns a function that starts a service on the store of the test
 */
export function useTaskServices(
  defaults: Partial<TaskServiceHarnessOptions> = {},
): (options: TaskServiceHarnessOptions) => Promise<TaskServiceHarness> {
  let folder: string;
  const open = new Set<TaskServiceHarness>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-tasks-'));
  });
  afterEach(async () => {
    for (const service of open) await service.close();
    rmSync(folder, { recursive: true });
  });
  return async (options) => {
    const path = join(folder, 'store.db');
    const started = await aTaskService({ path, ...defaults, ...options });
    const service: TaskServiceHarness = {
      ...started,
      close: async () => {
        open.delete(service);
        await started.close();
      },
    };
    open.add(service);
    return service;
  };
}
