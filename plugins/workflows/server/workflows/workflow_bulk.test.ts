import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { SavedObjectError } from '@latchkey/saved-objects';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_BULK_BYTES } from '../../common/index.ts';
import type { ListedWorkflow, StoredWorkflow } from './stored_workflow.ts';
import { type BulkDeps, createMany, deleteMany, exportMany } from './workflow_bulk.ts';
import { WorkflowError } from './workflow_error.ts';
import type { WorkflowService } from './workflow_service.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };

let logger: ReturnType<typeof createLoggerMock>;
/** Results of the changes that the fake service returns, in their order. */
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

  it('ends the deletion, and is reported for the remaining workflows', async () => {
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

  it('ends the creation, and is reported for the remaining workflows', async () => {
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

  it('fails the request if nothing was changed before it', async () => {
    results = [missing, outage];
    await expect(deleteMany(deps, principal, ['a', 'b'])).rejects.toBe(outage);
  });
});

describe('an export', () => {
  const MB = 1024 ** 2;
  const exporting = async (
    texts: readonly string[],
    isGone: (id: string) => boolean = () => false,
  ) => {
    const ids = texts.map((_, index) => `w${index}`);
    let reads = 0;
    const yamlOf = (id: string): string => texts[ids.indexOf(id)] ?? '';
    const exported = exportMany(
      {
        getManyListed: async () =>
          ids.map((id) => ({ id, revision: { yamlLength: yamlOf(id).length } }) as ListedWorkflow),
        getMany: async (_, part) => {
          reads += part.length;
          const found = part.filter((id) => !isGone(id));
          return found.map((id) => ({ id, yaml: yamlOf(id) }) as StoredWorkflow);
        },
      },
      principal,
      [...ids, ...ids],
    );
    const result = await exported.catch((error: unknown) => error);
    return { result, reads };
  };

  it('J141: may have as many bytes as an import accepts, and is refused if it has more', async () => {
    const text = 'x'.repeat(MB - 30);
    const { result } = await exporting(Array.from({ length: 20 }, () => text));
    expect(result).toHaveLength(20);
    const manifest = { version: '1', exportedAt: new Date(0), exportedCount: 500 };
    const body = JSON.stringify({ entries: result, manifest });
    expect(body.length).toBeLessThanOrEqual(MAX_BULK_BYTES);
    const larger = await exporting(Array.from({ length: 20 }, () => `${text}${'x'.repeat(20)}`));
    expect(larger.result).toMatchObject({
      code: 'export_too_large',
      message: 'The workflows have more than 20 MB together. Export fewer workflows per request.',
    });
  });

  it('J141: is refused before texts are read when the texts are too long', async () => {
    const texts = Array.from({ length: 21 }, () => 'x'.repeat(MB));
    const { result, reads } = await exporting(texts);
    expect(result).toMatchObject({ code: 'export_too_large' });
    expect(reads).toBe(0);
  });

  it('J141: is refused before all texts are read when they become too long in UTF-8 or JSON', async () => {
    for (const character of ['ü', '\n']) {
      const texts = Array.from({ length: 19 }, () => character.repeat(MB));
      const { result, reads } = await exporting(texts);
      expect(result).toMatchObject({ code: 'export_too_large' });
      expect(reads).toBe(10);
    }
  });

  it('leaves out workflows that do not exist, also if they are deleted meanwhile', async () => {
    const { result } = await exporting(['a', 'b'], (id) => id === 'w1');
    expect(result).toEqual([{ id: 'w0', yaml: 'a' }]);
  });

  it('is refused if none of the workflows exists', async () => {
    const none = { getManyListed: async () => [], getMany: async () => [] };
    await expect(exportMany(none, principal, ['w0', 'w1'])).rejects.toMatchObject({
      code: 'workflow_not_found',
      message: 'Workflow [w0] does not exist.',
    });
  });
});
