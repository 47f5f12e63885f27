// A thread for tests. It returns its data with each text, and never ends the text `endless`.
import { threadId, workerData } from 'node:worker_threads';
import { serveRequests } from './serve_requests.ts';

serveRequests<string, { readonly text: string; readonly data: unknown; readonly thread: number }>(
  (text) => {
    for (;;) {
      if (text === 'endless') continue;
      return { kind: 'result', result: { text, data: workerData, thread: threadId } };
    }
  },
);
