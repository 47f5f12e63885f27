import { describe, expect, it } from 'vitest';
import { searchExecutions } from '../../../common/index.ts';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { toListed } from './run_bodies.ts';

const execution = searchExecutions.responses[200].body.shape.results.element;

const bodyOf = (over: Partial<StoredRun>, isReadable = true) => {
  const { inputs: _, metadata: __, event: ___, ...attributes } = aRun();
  const body = toListed({ ...attributes, id: 'run-1', version: 'v', ...over }, isReadable);
  // The schema of the response accepts the body and removes nothing from it.
  expect(execution.parse(body)).toEqual(body);
  return body;
};

const group = (strategy: 'cancel-in-progress' | 'queue') => ({
  groupId: 'g',
  strategy,
  max: 1,
  queueSize: 1,
  queueTtlMs: 1,
});

describe('the body of an execution', () => {
  it('tells how long the execution was queued, once it has left the queue', () => {
    const createdAt = '2030-01-01T00:00:00.000Z';
    const startedAt = '2030-01-01T00:00:02.500Z';
    expect(bodyOf({ createdAt, startedAt }).queueMetrics).toEqual({
      scheduledAt: createdAt,
      startedAt,
      queueDelayMs: 2_500,
    });
    expect(bodyOf({ createdAt, status: 'queued' })).not.toHaveProperty('queueMetrics');
  });

  it('names the user who has cancelled the execution', () => {
    const cancelRequestedAt = '2030-01-01T00:00:00.000Z';
    expect(bodyOf({ cancelRequestedAt, cancelledBy: 'ben' })).toMatchObject({
      cancelRequested: true,
      cancelledBy: 'ben',
    });
    expect(bodyOf({ cancelRequestedAt })).not.toHaveProperty('cancelledBy');
  });

  it.each<[string, Partial<StoredRun>, string]>([
    ['a user', { cancelledBy: 'ben' }, 'User [ben] cancelled the execution.'],
    [
      'its group',
      { concurrency: group('cancel-in-progress') },
      'The execution was cancelled by a newer execution of its concurrency group.',
    ],
    [
      'its parent',
      { parentRunId: 'p', concurrency: group('queue') },
      'The execution was cancelled by the end of its parent or the deletion of its space.',
    ],
  ])('tells that %s cancelled the execution', (_, over, reason) => {
    const cancelRequestedAt = '2030-01-01T00:00:00.000Z';
    expect(bodyOf({ cancelRequestedAt, ...over }).cancellationReason).toBe(reason);
  });

  it('tells that the execution cancelled itself if nobody has requested it', () => {
    expect(bodyOf({ status: 'cancelled' }).cancellationReason).toBe(
      'The execution was cancelled by a step `workflow.output` or the deletion of its space.',
    );
    expect(bodyOf({ status: 'completed' })).not.toHaveProperty('cancellationReason');
  });

  it('contains the key of its concurrency group only for users who may read the inputs', () => {
    const run = { concurrencyGroupKey: 'customer 7' };
    expect(bodyOf(run).concurrencyGroupKey).toBe('customer 7');
    expect(bodyOf(run, false)).not.toHaveProperty('concurrencyGroupKey');
  });
});
