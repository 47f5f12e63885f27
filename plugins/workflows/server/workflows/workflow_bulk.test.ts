import { beforeEach, describe, expect, it } from '@jest/globals';
import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { SavedObjectError } from '@latchkey/saved-objects';
import { type BulkDeps, createMany, deleteMany } from './workflow_bulk.ts';
import { WorkflowError } from './workflow_error.ts';
import type { WorkflowService } from './workflow_service.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };

let logger: ReturnType<typeof createLoggerMock>;
/** Results of the changes in their order. */
let results: readonly ('changed' | Error)[];
let deps: BulkDeps;
beforeEach(() => {
  logger = createLoggerMock();
  let next = 0;
  const change = async () => {
    const result = results[next];
    next += 1;
    if (result !== 'changed') throw result;
    return { id: `w-${next}` };
  };
  const workflows = { connectors: async () => [], create: change, delete: change };
  deps = { workflows: workflows as unknown as WorkflowService, logger };
});

const missing = new WorkflowError('workflow_not_found', 'gone');
const outage = new SavedObjectError('store_unavailable', 'secret', { type: 'workflow' });

describe('a failure of the server in a request for many workflows', () => {
  const failure = {
    error: { code: 'store_unavailable', message: expect.not.stringContaining('secret') },
  };

  it('ends the deletion, and is reported for those that are left', async () => {
    results = [missing, 'changed', outage];
    expect(await deleteMany(deps, principal, ['a', 'b', 'c', 'd'])).toEqual({
      deleted: 1,
      failures: [
        { id: 'a', error: missing },
        { id: 'c', ...failure },
        { id: 'd', ...failure },
      ],
    });
    expect(logger.lines).toMatchObject([{ level: 'error' }]);
  });

  it('ends the creation, and is reported for those that are left', async () => {
    results = ['changed', outage];
    const items = ['a', 'b', 'c'].map((id) => ({ id, yaml: '' }));
    expect(await createMany(deps, principal, { items, overwrite: false })).toEqual({
      created: [{ id: 'w-1' }],
      failed: [
        { index: 1, id: 'b', ...failure },
        { index: 2, id: 'c', ...failure },
      ],
    });
  });

  it('fails the request if nothing was changed before', async () => {
    results = [missing, outage];
    await expect(deleteMany(deps, principal, ['a', 'b'])).rejects.toBe(outage);
  });
});
