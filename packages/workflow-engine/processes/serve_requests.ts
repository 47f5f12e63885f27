import { Worker } from 'node:worker_threads';
import type { WorkerInput, WorkerMessage } from './limited_worker.ts';

/** Result of a request, or the type and message of its failure. */
export type WorkerReply<Result> = Exclude<WorkerMessage<Result>, { readonly kind: 'started' }>;

/**
 * Works on the requests of a `LimitedWorker`. Call it in the module that its process runs.
 * @param prepare called before the first request with the data of the options
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
    // The time limit counts from this message, not from the start of the process.
    send({ kind: 'started' });
    if (work === undefined) throw new Error('Data was received before the first request.');
    send(work(message.request));
  });
}

/** Ends this process when its parent has ended, even while it works on a request. */
function endWithParent(): void {
  // A terminal sends SIGINT to both processes. It is ignored here, because the parent ends this
  // process.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  new Worker(new URL('./parent_watch.ts', import.meta.url), {
    workerData: process.ppid,
    execArgv: [],
  }).unref();
}
