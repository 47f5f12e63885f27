import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { findWorkflows } from './found_workflows.ts';
import type { ListedWorkflow, StoredWorkflow } from './stored_workflow.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };

const listed = (id: string, yaml: string) =>
  ({
    id,
    triggerTypes: [],
    scheduleKeys: [],
    revision: { version: id, yamlLength: yaml.length },
  }) as unknown as ListedWorkflow;

/**
 * Requests ten workflows with these values.
 * @returns positions of the workflows in the result that have the given members
 */
const found = async (
  value: unknown,
  { yaml = 'x', hasTexts = true, hasDefinitions = true } = {},
) => {
  const reads: number[] = [];
  const listedReads: number[] = [];
  let checked = 0;
  const all = await findWorkflows(
    {
      workflows: {
        getMany: async (_, ids) => {
          reads.push(ids.length);
          return ids.map((id) => ({ ...listed(id, yaml), yaml }) as StoredWorkflow);
        },
        getManyListed: async (_, ids) => {
          listedReads.push(ids.length);
          return ids.map((id) => listed(id, yaml));
        },
        read: async () => value,
      },
      schedules: { tasksOf: async () => new Map() },
      validity: {
        of: async (_, stored) => {
          checked += stored.length;
          return stored;
        },
      },
    },
    principal,
    { ids: Array.from({ length: 25 }, (_, index) => `w${index}`), hasTexts, hasDefinitions },
  );
  const having = (name: 'yaml' | 'definition') =>
    all.filter((each) => each[name] !== undefined).length;
  return {
    all: all.length,
    yaml: having('yaml'),
    definition: having('definition'),
    reads,
    listedReads,
    checked,
  };
};

describe('workflows that are requested by id', () => {
  it('J130: are returned in order, with YAML and values up to 8 million characters in total', async () => {
    const value = ['z'.repeat(1_500_000)];
    expect(await found(value, { yaml: 'y'.repeat(500_000) })).toMatchObject({
      all: 25,
      yaml: 3,
      definition: 3,
      reads: [10],
      listedReads: [15],
    });
  });

  it('J130: are returned with more YAML when no values are requested, and are read in small batches', async () => {
    const yaml = 'y'.repeat(500_000);
    expect(await found([], { yaml, hasDefinitions: false })).toEqual({
      all: 25,
      yaml: 16,
      definition: 0,
      reads: [10, 10],
      listedReads: [5],
      checked: 10,
    });
  });

  it('are read without YAML when no requested member needs it', async () => {
    const yaml = 'y'.repeat(10_000);
    expect(await found([], { yaml, hasTexts: false, hasDefinitions: false })).toEqual({
      all: 25,
      yaml: 0,
      definition: 0,
      reads: [],
      listedReads: [25],
      checked: 25,
    });
  });

  it('are returned with their YAML when it is too complex to be parsed', async () => {
    expect(await found(undefined)).toMatchObject({ yaml: 25, definition: 0 });
  });
});
