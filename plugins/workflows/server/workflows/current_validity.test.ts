import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { analyzeWorkflow, type KnownConnector, StepRegistry } from '@latchkey/workflow-language';
import { describe, expect, it, vi } from 'vitest';
import {
  type CheckedWorkflow,
  CurrentValidity,
  type CurrentValidityDeps,
} from './current_validity.ts';
import { describeWorkflow } from './describe_workflow.ts';
import type { StoredWorkflow } from './stored_workflow.ts';
import { WorkflowError } from './workflow_error.ts';
import { revisionOf } from './workflow_type.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };
const registry = new StepRegistry(
  ['list', 'remove'].map((name) => ({
    connectorTypeId: '.files',
    connectorTypeName: 'Files',
    name,
    description: 'For tests.',
    scope: 'read' as const,
    input: { type: 'object', additionalProperties: true },
  })),
);
const connector = (enabledActions?: readonly string[]): KnownConnector => ({
  ...{ id: 'c1', name: 'My files', connectorTypeId: '.files' },
  ...(enabledActions === undefined ? {} : { enabledActions }),
});

const yamlOf = (reference: string) => `name: a
triggers: [{ type: manual }]
steps: [{ name: list, type: files.list, connector-id: ${reference}, with: {} }]
`;
const stored = (reference: string, valid: boolean): StoredWorkflow => {
  const at = '2030-01-01T00:00:00.000Z';
  const yaml = yamlOf(reference);
  const { description: _, ...described } = describeWorkflow({
    yaml,
    ...analyzeWorkflow(yaml, { registry }),
  });
  const saved = { yaml, lastUpdatedAt: at, lastUpdatedBy: 'ana' };
  return {
    ...described,
    ...saved,
    ...{ id: 'w', spaceId: 'default', valid, createdAt: at, createdBy: 'ana' },
    revision: revisionOf(saved),
    runsAs: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  };
};

function validity(
  connectors: readonly KnownConnector[] | undefined,
  over: Partial<CurrentValidityDeps['documents']> = {},
  readable = (): StoredWorkflow => stored('c1', true),
) {
  const analyze = vi.fn<CurrentValidityDeps['documents']['analyze']>(
    async (yaml, { connectors: known }) => ({
      yaml,
      ...analyzeWorkflow(yaml, { registry, ...(known === undefined ? {} : { connectors: known }) }),
    }),
  );
  const get = vi.fn<CurrentValidityDeps['workflows']['get']>(async () => readable());
  const current = new CurrentValidity({
    workflows: { connectors: async () => connectors, get },
    documents: { analyze, ...over },
  });
  const validOf = async (...workflows: readonly CheckedWorkflow[]) =>
    (await current.of(principal, workflows)).map(({ valid }) => valid);
  return { analyze, get, validOf };
}

describe('the validity of a stored workflow', () => {
  it.each(['c1', 'My files'])(
    "becomes false when the step's action is disabled in connector %s",
    async (name) => {
      const { validOf } = validity([connector(['remove'])]);
      expect(await validOf(stored(name, true))).toEqual([false]);
    },
  );

  it('stays true while the action is enabled', async () => {
    const { validOf } = validity([connector(['list'])]);
    expect(await validOf(stored('c1', true))).toEqual([true]);
  });

  it('becomes true again when the action is enabled again', async () => {
    expect(await validity([connector(['list'])]).validOf(stored('c1', false))).toEqual([true]);
    expect(await validity([connector()]).validOf(stored('c1', false))).toEqual([true]);
  });

  it('is not computed again for the same text and the same connectors', async () => {
    const { analyze, validOf } = validity([connector(['remove'])]);
    await validOf(stored('c1', true));
    expect(await validOf(stored('c1', true))).toEqual([false]);
    expect(analyze).toHaveBeenCalledTimes(1);
  });

  it('is not computed when no connector of the workflow has disabled actions', async () => {
    const { analyze, validOf } = validity([
      connector(),
      { ...connector(['x']), id: 'c2', name: 'o' },
    ]);
    expect(await validOf(stored('c1', true))).toEqual([true]);
    expect(analyze).not.toHaveBeenCalled();
  });

  it('is the value of the last save for texts beyond the limit of one request', async () => {
    const { analyze, validOf } = validity([connector(['remove'])]);
    const workflow = stored('c1', true);
    const yaml = `${workflow.yaml}# ${'x'.repeat(999_900)}`;
    const long = { ...workflow, yaml, revision: revisionOf({ ...workflow, yaml }) };
    expect(await validOf(workflow, long)).toEqual([false, true]);
    expect(analyze).toHaveBeenCalledTimes(1);
  });

  describe('of a list, whose workflows are read without YAML,', () => {
    const { yaml: _, ...listed } = stored('c1', true);

    it('is computed once, with the YAML that is read for it', async () => {
      const { get, validOf } = validity([connector(['remove'])]);
      expect(await validOf(listed)).toEqual([false]);
      expect(await validOf(listed)).toEqual([false]);
      expect(get).toHaveBeenCalledTimes(1);
    });

    it('needs no YAML when no connector of the workflow has disabled actions', async () => {
      const { get, validOf } = validity([connector()]);
      expect(await validOf(listed)).toEqual([true]);
      expect(get).not.toHaveBeenCalled();
    });

    it('is the value of the list when the workflow is changed or deleted meanwhile', async () => {
      const changed = validity([connector(['remove'])], {}, () => {
        const other = stored('My files', true);
        return { ...other, revision: revisionOf(other) };
      });
      expect(await changed.validOf(listed)).toEqual([true]);
      const deleted = validity([connector(['remove'])], {}, () => {
        throw new WorkflowError('workflow_not_found', 'Deleted.');
      });
      expect(await deleted.validOf(listed)).toEqual([true]);
    });
  });

  it('is the value of the last save for a user who sees no connectors, and for a text that takes too long', async () => {
    expect(await validity(undefined).validOf(stored('c1', true))).toEqual([true]);
    const { validOf } = validity([connector(['remove'])], {
      analyze: async () => {
        throw new WorkflowError('workflow_too_complex', 'Too complex.');
      },
    });
    expect(await validOf(stored('c1', true))).toEqual([true]);
  });
});
