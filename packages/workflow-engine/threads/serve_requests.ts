import { parentPort } from 'node:worker_threads';
import type { WorkerMessage } from './limited_worker.ts';

/** The end of a request: its result, or type and message of a failure. */
export type WorkerReply<Result> = Exclude<WorkerMessage<Result>, { readonly kind: 'started' }>;

/** Works on the requests of a `LimitedWorker`. Call it in the module of its thread. */
export function serveRequests<Request, Result>(
  work: (request: Request) => WorkerReply<Result>,
): void {
  const send = (message: WorkerMessage<Result>): void => parentPort?.postMessage(message);
  parentPort?.on('message', (request: Request) => {
    // The time limit counts from here, not from the start of the thread.
    send({ kind: 'started' });
    send(work(request));
  });
}
