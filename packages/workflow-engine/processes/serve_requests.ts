import { Worker } from 'node:worker_threads';
import type { WorkerInput, WorkerMessage } from './limited_worker.ts';

/** The end of a request: its result, or type and message of a failure. */
export type WorkerReply<Result> = Exclude<WorkerMessage<Result>, { readonly kind: 'started' }>;

/**
 * Works on the requests of a `LimitedWorker`. Call it in the module of its process.
 * @param prepare gets the data of the options before the first request
 */
export function serveRequests<Request, Result, Data = undefined>(
  prepare: (data: Data) => (request: Request) => WorkerReply<Result>,
): void {
  endWithParent();
  let work: ((request: Request) => WorkerReply<Result>) | undefined;
  const send = (message: WorkerMessage<Result>): void => {
    process.send?.(message);
  };
  process.on('message', (message: WorkerInput<Request> & { readonly data: Data }) => {
    if (message.kind === 'data') {
      work = prepare(message.data);
      return;
    }
    // The time limit counts from here, not from the start of the process.
    send({ kind: 'started' });
    if (work === undefined) throw new Error('Data was received before the first request.');
    send(work(message.request));
  });
}

/** Ends this process when its parent has ended, also while it works on a request. */
function endWithParent(): void {
  // The parent ends this process. A terminal sends the signal to both.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  new Worker(new URL('./parent_watch.ts', import.meta.url), {
    workerData: process.ppid,
    execArgv: [],
  }).unref();
}
