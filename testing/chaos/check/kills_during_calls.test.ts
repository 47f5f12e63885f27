import { expect, it } from 'vitest';
import type { NewEvent } from '../history/events.ts';
import { MemoryRecorder } from '../history/recorder.ts';
import { killsDuringCalls } from './kills_during_calls.ts';

function countOf(...events: readonly NewEvent[]): number {
  const recorder = new MemoryRecorder();
  for (const event of events) recorder.record(event);
  return killsDuringCalls(recorder.take());
}

const sent = (request: string, worker: string): NewEvent => ({
  type: 'service_request',
  request,
  worker,
  method: 'POST',
  run: 'r1',
  step: 's1',
  item: '',
  content: '',
});
const responded = (request: string): NewEvent => ({
  type: 'service_response',
  request,
  status: 200,
  isAborted: false,
});
const killed = (worker: string): NewEvent => ({ type: 'killed', worker });

it('the number of kills during calls counts a kill once, even if the process has several requests in progress', () => {
  expect(countOf(sent('e1', 'w1.1'), sent('e2', 'w1.1'), killed('w1.1'))).toBe(1);
});

it('the number of kills during calls excludes a kill after the responses, or while only other processes have requests in progress', () => {
  expect(countOf(sent('e1', 'w1.1'), responded('e1'), sent('e2', 'w2.1'), killed('w1.1'))).toBe(0);
});
