import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWorkflowService } from './workflow_service.mock.ts';
import { WORKFLOW_TYPE } from './workflow_type.ts';

const yamlOf = (name: string) => `name: ${name}
triggers: [{ type: manual }]
steps: [{ name: log, type: console, with: { message: hi } }]
`;
const YAML = yamlOf('a');
const principal = { user: anAuthenticatedUser(), spaceId: 'default' };

let service: Awaited<ReturnType<typeof aWorkflowService>>;
beforeEach(async () => {
  service = await aWorkflowService();
});
afterEach(() => service.stop());

it('the workflow service writes an audit event for each workflow that is created, changed or deleted', async () => {
  const { workflows, security } = service;
  await workflows.create(principal, { yaml: YAML, id: 'w-1' });
  await workflows.update(principal, 'w-1', { enabled: false });
  await workflows.delete(principal, 'w-1');
  await expect(workflows.delete(principal, 'w-1')).rejects.toMatchObject({
    code: 'workflow_not_found',
  });
  const savedObject = { type: WORKFLOW_TYPE, id: 'w-1' };
  expect(security.audit.events).toMatchObject([
    { action: 'workflow_create', message: 'User has created workflow [w-1]', savedObject },
    { action: 'workflow_update', message: 'User has updated workflow [w-1]', savedObject },
    { action: 'workflow_delete', message: 'User has deleted workflow [w-1]', savedObject },
  ]);
});

it('the workflow service reports a workflow that two requests delete at the same time as missing to one of them', async () => {
  const { workflows } = service;
  await workflows.create(principal, { yaml: YAML, id: 'w-1' });
  const results = await Promise.allSettled(
    [1, 2].map(() => workflows.delete(principal, 'w-1').then(() => 'deleted')),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'workflow_not_found' }),
  });
});

it.each(['new', 'executions'])(
  'the workflow service refuses the id %s, which is the path of a page',
  async (id) => {
    const { workflows } = service;
    await expect(workflows.create(principal, { yaml: YAML, id })).rejects.toMatchObject({
      code: 'workflow_id_reserved',
      message: `The workflow id [${id}] is the name of a page. Choose another id.`,
    });
  },
);

describe('a workflow that a step names', () => {
  const find = async (idOrName: string) => {
    const found = await service.workflows.findByIdOrName(principal, idOrName);
    return typeof found === 'string' ? found : found.id;
  };

  it('is the workflow with this id, even if others have this name', async () => {
    const { workflows } = service;
    await workflows.create(principal, { yaml: yamlOf('report'), id: 'w-1' });
    expect(await find('report')).toBe('w-1');
    await workflows.create(principal, { yaml: yamlOf('other'), id: 'report' });
    expect(await find('report')).toBe('report');
  });

  it('is not chosen when several workflows have the name', async () => {
    const { workflows } = service;
    for (const id of ['w-1', 'w-2', 'w-3']) await workflows.create(principal, { yaml: YAML, id });
    expect(await find('a')).toBe('ambiguous');
  });

  it('is never a workflow of another space', async () => {
    await service.workflows.create({ ...principal, spaceId: 'other' }, { yaml: YAML, id: 'w-1' });
    expect([await find('a'), await find('w-1')]).toEqual(['missing', 'missing']);
  });
});

describe('the check of a workflow', () => {
  const starting = (id: string, inputs: string) => `name: parent
triggers: [{ type: manual }]
steps:
  - name: child
    type: workflow.execute
    with: { workflow-id: ${id}, inputs: ${inputs} }
`;
  const CHILD = `inputs: [{ name: file, type: string, required: true }]\n${YAML}`;
  const check = async (id: string, inputs: string) => {
    const { diagnostics } = await service.workflows.validate(principal, starting(id, inputs));
    return diagnostics.map(({ line, ruleId }) => `${line} ${ruleId}`);
  };

  it('reports a started workflow that no step can start, and wrong inputs for it', async () => {
    const { workflows } = service;
    expect(await check('child', '{}')).toEqual(['6 targetWorkflowNotFound']);
    await workflows.create({ ...principal, spaceId: 'other' }, { yaml: CHILD, id: 'child' });
    expect(await check('child', '{}')).toEqual(['6 targetWorkflowNotFound']);
    await workflows.create(principal, { yaml: CHILD, id: 'child' });
    expect(await check('child', '{}')).toEqual(['6 missingRequiredInput']);
    expect(await check('a', '{ file: 1, x: 1 }')).toEqual([
      '6 invalidInputType',
      '6 unknownInputKey',
    ]);
    expect(await check('child', '{ file: "{{ execution.id }}" }')).toEqual([]);
    await workflows.create(principal, { yaml: CHILD });
    expect(await check('a', '{ file: x }')).toEqual(['6 targetWorkflowNotFound']);
  });

  it.each([
    ['cannot be read', () => Promise.reject(new Error('damaged'))],
    ['is not read within a second', () => new Promise<never>(() => undefined)],
  ])('ignores a started workflow that %s', async (_, getIfExists) => {
    const { workflows, clock, stop } = await aWorkflowService({}, (original) => ({
      ...original,
      getIfExists,
    }));
    const checked = workflows.validate(principal, starting('child', '{}'));
    let isPending = true;
    const ended = checked.finally(() => {
      isPending = false;
    });
    while (isPending) await clock.advance(1_000);
    expect((await ended).diagnostics).toEqual([]);
    await stop();
  });

  it('accepts a workflow whose steps start a workflow that does not exist yet', async () => {
    const yaml = starting('later', '{}');
    expect(await service.workflows.create(principal, { yaml })).toMatchObject({ valid: true });
  });
});

describe('a description that is cut in responses', () => {
  const LONG = 'd'.repeat(10_500);
  const descriptionIn = (yaml: string): string | undefined =>
    /^description: (.*)$/m.exec(yaml)?.[1];

  it('stays complete in the YAML when a caller sends the cut text back', async () => {
    const { workflows } = service;
    await workflows.create(principal, { yaml: `description: ${LONG}\n${YAML}`, id: 'w-1' });
    const { description, tags, name, yaml } = await workflows.get(principal, 'w-1');
    expect(description).toHaveLength(10_000);
    const enabled = false;
    const withoutYaml = await workflows.update(principal, 'w-1', { description, name, enabled });
    expect(descriptionIn(withoutYaml.yaml)).toBe(LONG);
    const whole = await workflows.update(principal, 'w-1', { yaml, description, tags });
    expect(descriptionIn(whole.yaml)).toBe(LONG);
  });

  it('is replaced when a caller sends another text', async () => {
    const { workflows } = service;
    await workflows.create(principal, { yaml: `description: ${LONG}\n${YAML}`, id: 'w-1' });
    const other = 'e'.repeat(10_000);
    const { yaml } = await workflows.update(principal, 'w-1', { description: other });
    expect(descriptionIn(yaml)).toBe(other);
  });
});
