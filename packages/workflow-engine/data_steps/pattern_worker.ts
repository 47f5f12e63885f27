// The thread of WorkerPatternMatcher. Node runs this file itself, without a build.
import { parentPort } from 'node:worker_threads';
import type { PatternRequest } from './pattern_matcher.ts';
import { type SearchReply, searchTexts } from './search_texts.ts';

/** A message to the main thread: `started` before each search, then its reply. */
export type WorkerMessage = { readonly kind: 'started' } | SearchReply;

const send = (message: WorkerMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (request: PatternRequest) => {
  // The time limit counts from here, not from the start of the thread.
  send({ kind: 'started' });
  send(searchTexts(request));
});
