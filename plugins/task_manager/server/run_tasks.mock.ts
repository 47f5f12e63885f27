import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, systemRandomness } from '@latchkey/core/server';
import { aTaskService } from './task_service.mock.ts';

/**
 * Run as a process of its own: works on the tasks of a store until killed. Prints `ready`, then `begin ID ATTEMPT` and
 * `end ID` for each run. A task whose id begins with `hang` never ends.
 */
const [path, ownerId, claimMs] = process.argv.slice(2);

/** One write call per line, so that lines survive a kill. */
const say = (line: string) => process.stdout.write(`${line}\n`);

await aTaskService({
  path: String(path),
  ownerId: String(ownerId),
  claimMs: Number(claimMs),
  pollIntervalMs: 100,
  clock: systemClock,
  randomness: systemRandomness,
  definitions: [
    {
      type: 'test:task',
      title: 'Test',
      run: async ({ taskId, attempt }) => {
        say(`begin ${taskId} ${attempt}`);
        await delay(taskId.startsWith('hang') ? 60_000 : 2);
        say(`end ${taskId}`);
        return undefined;
      },
    },
  ],
});
say('ready');
