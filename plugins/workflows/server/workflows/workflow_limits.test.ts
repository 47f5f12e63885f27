import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMany } from './workflow_bulk.ts';
import { aWorkflowService } from './workflow_service.mock.ts';
import type { WorkflowService } from './workflow_service.ts';

const yamlOf = (trigger: string) => `name: a
triggers: [${trigger}]
steps: [{ name: log, type: console, with: { message: hi } }]
`;
const MANUAL = yamlOf('{ type: manual }');
const SCHEDULED = yamlOf('{ type: scheduled, with: { every: 5m } }');
const principalOf = (username: string, spaceId = 'default') => ({
  user: anAuthenticatedUser({ username, profileUid: `u_${username}` }),
  spaceId,
});
const ana = principalOf('ana');
const ben = principalOf('ben');

let workflows: WorkflowService;
let stop: () => Promise<void>;
beforeEach(async () => {
  ({ workflows, stop } = await aWorkflowService({
    maxPerSpace: 3,
    maxPerUser: 2,
    maxScheduledPerUser: 1,
  }));
});
afterEach(() => stop());

describe('limits of workflows', () => {
  it('refuse a new workflow when the user has the maximum, in all spaces together', async () => {
    await workflows.create(ana, { yaml: MANUAL });
    await workflows.create(principalOf('ana', 'other'), { yaml: MANUAL });
    await expect(workflows.create(ana, { yaml: MANUAL })).rejects.toMatchObject({
      code: 'workflow_limit_reached',
      message: expect.stringContaining('2 workflows'),
    });
    await workflows.create(ben, { yaml: MANUAL });
  });

  it('refuse a new workflow when the space has the maximum', async () => {
    for (const name of ['ana', 'ben', 'eve'])
      await workflows.create(principalOf(name), { yaml: MANUAL });
    await expect(workflows.create(ana, { yaml: MANUAL })).rejects.toMatchObject({
      code: 'workflow_limit_reached',
      message: expect.stringContaining('The space has 3'),
    });
    await workflows.create(principalOf('ana', 'other'), { yaml: MANUAL });
  });

  it('do not refuse to replace an existing workflow', async () => {
    for (const id of ['w-1', 'w-2']) await workflows.create(ana, { yaml: MANUAL, id });
    const items = [{ yaml: SCHEDULED, id: 'w-1' }];
    const { created, failed } = await createMany({ workflows, logger: createLoggerMock() }, ana, {
      items,
      overwrite: true,
    });
    expect(failed).toEqual([]);
    expect(created).toMatchObject([{ id: 'w-1', triggerTypes: ['scheduled'] }]);
  });

  it('refuse another active schedule when the user has the maximum, until one is disabled', async () => {
    await workflows.create(ana, { yaml: SCHEDULED, id: 'w-1' });
    const further = { yaml: SCHEDULED, id: 'w-2' };
    await expect(workflows.create(ana, further)).rejects.toMatchObject({
      code: 'schedule_limit_reached',
    });
    await workflows.create(ana, { ...further, edits: { enabled: false } });
    const enable = () => workflows.update(ana, 'w-2', { enabled: true });
    await expect(enable()).rejects.toMatchObject({ code: 'schedule_limit_reached' });
    // A change of this workflow is accepted, because its schedule is already counted.
    await workflows.update(ana, 'w-1', { name: 'new' });
    await workflows.update(ana, 'w-1', { enabled: false });
    expect(await enable()).toMatchObject({ enabled: true });
  });

  it('refuse more than 10 active schedules of one workflow', async () => {
    const of = (count: number) =>
      yamlOf(
        Array.from(
          { length: count },
          (_, index) => `{ type: scheduled, with: { every: ${index + 1}m } }`,
        ).join(', '),
      );
    await workflows.create(ana, { yaml: of(10), id: 'w-1' });
    const many = { yaml: of(11) };
    const refused = {
      code: 'workflow_not_valid',
      message: expect.stringContaining('11 schedules'),
    };
    await expect(workflows.update(ana, 'w-1', many)).rejects.toMatchObject(refused);
    await expect(workflows.create(ben, many)).rejects.toMatchObject(refused);
    await workflows.create(ben, { ...many, edits: { enabled: false } });
  });

  it('count a schedule for the user who saved the YAML, not for the user who enables it', async () => {
    await workflows.create(ben, { yaml: SCHEDULED, id: 'w-1' });
    await workflows.create(ana, { yaml: SCHEDULED, id: 'w-2', edits: { enabled: false } });
    expect(await workflows.update(ben, 'w-2', { enabled: true })).toMatchObject({
      enabled: true,
      runsAs: { username: 'ana' },
    });
    await expect(
      workflows.update(ben, 'w-2', { yaml: `${SCHEDULED}# new\n` }),
    ).rejects.toMatchObject({ code: 'schedule_limit_reached' });
  });
});

describe('the limit of the characters of all workflows of a user', () => {
  const MAX = 3_000_000;
  const textOf = (length: number) => MANUAL.padEnd(length, '#');
  const refused = {
    code: 'workflow_limit_reached',
    message: expect.stringContaining(`${MAX} characters`),
  };
  let limited: Awaited<ReturnType<typeof aWorkflowService>>;
  beforeEach(async () => {
    limited = await aWorkflowService({ maxCharactersPerUser: MAX });
  });
  afterEach(() => limited.stop());

  it('J144: refuses a new workflow above it, in any space, but not workflows of other users', async () => {
    const { workflows: all } = limited;
    for (const id of ['w-1', 'w-2']) await all.create(ana, { yaml: textOf(1_000_000), id });
    const other = principalOf('ana', 'other');
    await expect(all.create(other, { yaml: textOf(1_000_001) })).rejects.toMatchObject(refused);
    await all.create(ben, { yaml: textOf(1_000_001) });
    await all.create(other, { yaml: textOf(1_000_000) });
    await expect(all.create(ana, { yaml: MANUAL })).rejects.toMatchObject(refused);
  });

  it("J144: refuses another user's change that makes a workflow longer, but not one that makes it shorter", async () => {
    const { workflows: all } = limited;
    for (const id of ['w-1', 'w-2', 'w-3']) await all.create(ana, { yaml: textOf(999_999), id });
    await expect(all.update(ben, 'w-1', { yaml: textOf(1_000_003) })).rejects.toMatchObject(
      refused,
    );
    await all.update(ben, 'w-1', { yaml: textOf(1_000_002) });
    await all.update(ana, 'w-2', { yaml: MANUAL });
    await all.update(ana, 'w-1', { yaml: textOf(1_040_000) });
  });

  it('needs one read of the lengths in a request for many workflows, and counts what the request has saved', async () => {
    const sizes: (number | undefined)[] = [];
    const service = await aWorkflowService({ maxCharactersPerUser: MAX }, (original) => ({
      ...original,
      iterate: (request) => {
        sizes.push(request.batchSize);
        return original.iterate(request);
      },
    }));
    const { workflows: all } = service;
    for (const id of ['w-1', 'w-2']) await all.create(ana, { yaml: textOf(1_000_000), id });
    const itemOf = (id: string, length: number) => ({ id, yaml: textOf(length) });
    const items = [
      itemOf('w-3', 999_000),
      itemOf('w-4', 2_000),
      itemOf('w-1', 998_000),
      itemOf('w-4', 3_000),
      itemOf('w-5', 200),
    ];
    const { created, failed } = await createMany(
      { workflows: all, logger: createLoggerMock() },
      ana,
      { items, overwrite: true },
    );
    expect(created.map(({ id }) => id)).toEqual(['w-3', 'w-1', 'w-4']);
    expect(failed).toMatchObject([
      { index: 1, id: 'w-4', error: refused },
      { index: 4, id: 'w-5', error: refused },
    ]);
    expect(sizes).toEqual([1_000]);
    await service.stop();
  });

  it('needs no read of the lengths as long as the number of workflows cannot exceed it', async () => {
    const service = await aWorkflowService({}, (original) => ({
      ...original,
      iterate: () => {
        throw new Error('needless');
      },
    }));
    await expect(service.workflows.create(ana, { yaml: MANUAL })).resolves.toBeDefined();
    await service.stop();
  });
});
