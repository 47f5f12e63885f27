/**
 * A build that writes a line when an execution begins to wait for a slot. At that time, the server
 * has already checked the rights of its user.
 */
import { ExecutionSlots } from '@latchkey/actions-plugin/server/testing';

type Run = ExecutionSlots['run'];

const { run } = ExecutionSlots.prototype;
ExecutionSlots.prototype.run = function <T>(
  request: Parameters<Run>[0],
  work: (hasWaited: boolean) => Promise<T>,
) {
  let hasBegun = false;
  const result: Promise<T | undefined> = Reflect.apply(run, this, [
    request,
    (hasWaited: boolean) => {
      hasBegun = true;
      return work(hasWaited);
    },
  ]);
  // Work that need not wait has begun by now.
  if (!hasBegun) process.stderr.write('An execution waits for a slot\n');
  return result;
};
