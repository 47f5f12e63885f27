import { waitUntil } from '@latchkey/core/server/wait_until';
import { createConnector, createUser, driveByOwnApp, TestUser } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSpace, inSpace } from '../support/spaces.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const yaml = (name: string, more = ''): string => `# ${name}
name: ${name}
${more}triggers: [{ type: manual }]
steps:
  - { name: a, type: data.set, with: { x: 1 } } # keep
`;

const workflow = z.looseObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  yaml: z.string(),
  enabled: z.boolean(),
});
const bulk = z.object({ created: z.array(z.object({ lastUpdatedAt: z.string() })) });
const list = z.object({
  total: z.number(),
  results: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      triggers: z.array(z.object({ type: z.string() })),
      lastExecution: z.object({ id: z.string(), status: z.string() }).optional(),
    }),
  ),
});

onEachStore((store) => {
  const environment = startBeforeAll({ store });
  const reader = new TestUser({ username: 'ada', password: 'ada-password-7c41', account: 'ana' });
  const author = new TestUser({ username: 'bob', password: 'bob-password-93fe', account: 'ben' });
  beforeAll(async () => {
    const { admin, first } = environment;
    const role = (name: string, level: string) =>
      admin.json(first, `PUT /api/security/role/${name}`, {
        kibana: [{ feature: { actions: ['read'], workflows: [level] }, spaces: ['*'] }],
      });
    await role('workflow_reader', 'read');
    await role('workflow_author', 'all');
    await createUser(admin, first, reader, ['workflow_reader']);
    await createUser(admin, first, author, ['workflow_author']);
    for (const user of [reader, author]) await user.logIn(first);
  });

  const json = (what: `${'GET' | 'PUT' | 'POST' | 'DELETE'} ${string}`, body?: object) =>
    author.json(environment.first, what, body);
  const create = async (text: string) =>
    workflow.parse(await json('POST /api/workflows/workflow', { yaml: text }));

  /**
   * Creates a space and returns the server with the paths of this space, so that lists contain only
   * what the test creates.
   */
  const emptySpace = async (id: string) => {
    const { admin, first } = environment;
    expect(await createSpace(admin, first, id)).toBe(200);
    return inSpace(first, id);
  };

  it('the API finds workflows by words, tags, creator and state, in the requested order', async () => {
    const server = await emptySpace('search');
    const workflows = [
      { yaml: yaml('beta find', 'tags: [red]\n'), id: 'b' },
      { yaml: yaml('Alpha', 'tags: [red, blue]\ndescription: Finds files\n'), id: 'a' },
      { yaml: yaml('gamma', 'enabled: false\n'), id: 'c' },
    ];
    for (const one of workflows) {
      const { created } = bulk.parse(
        await author.json(server, 'POST /api/workflows', { workflows: [one] }),
      );
      // Workflows that are created in the same millisecond have no order by time.
      const createdAt = Date.parse(created[0]?.lastUpdatedAt ?? '');
      await waitUntil('the next millisecond', () => Date.now() > createdAt);
    }
    const ids = async (query: string) => {
      const found = list.parse(await author.json(server, `GET /api/workflows?${query}`));
      return found.results.map(({ id }) => id);
    };
    await waitUntil('the workflows to be found', async () => (await ids('')).length === 3);
    expect(await ids('')).toEqual(['a', 'b', 'c']);
    expect(await ids('order=desc')).toEqual(['c', 'b', 'a']);
    expect(await ids('sort=lastUpdatedAt')).toEqual(['c', 'a', 'b']);
    expect(await ids('query=find')).toEqual(['a', 'b']);
    expect(await ids('tags=blue&tags=none')).toEqual(['a']);
    expect(await ids('enabled=false')).toEqual(['c']);
    expect(await ids('enabled=false&enabled=true')).toHaveLength(3);
    // As clients of Kibana ask for lists.
    expect(await ids('sortField=name&sortOrder=desc&managed=all')).toEqual(['c', 'b', 'a']);
    expect(await ids('sortField=enabled&managed=unmanaged')).toEqual(['c', 'a', 'b']);
    expect(await ids('managed=managed&visibilityContext=agent')).toEqual([]);
    expect(await ids('createdBy=nobody')).toEqual([]);
    expect(await author.json(server, 'GET /api/workflows/stats')).toMatchObject({
      workflows: { total: 3, enabled: 2, disabled: 1, invalid: 0 },
      executions: [],
    });
    expect(
      await author.json(server, 'GET /api/workflows/aggs?fields=tags&fields=createdBy'),
    ).toEqual({
      tags: [
        { key: 'red', label: 'red', doc_count: 2 },
        { key: 'blue', label: 'blue', doc_count: 1 },
      ],
      createdBy: [{ key: 'bob', label: 'bob', doc_count: 3 }],
    });
    const managed = 'GET /api/workflows/aggs?fields=tags&managed=managed' as const;
    expect(await author.json(server, managed)).toEqual({ tags: [] });
  });

  it('the API stores a workflow with the greatest number of characters, whatever their bytes', async () => {
    const head = yaml('long');
    const text = `${head}# ${'\u4e2d'.repeat(1_048_576 - head.length - 2)}`;
    const { id } = await create(text);
    expect(await json('POST /api/workflows/validate', { yaml: text })).toMatchObject({
      valid: true,
    });
    await json(`PUT /api/workflows/workflow/${id}`, { yaml: text });
    const response = await author.call(environment.first, 'POST /api/workflows/workflow', {
      yaml: `${text}x`,
    });
    expect(response.status).toBe(400);
    expect(response.text).toContain('1048576 characters');
    await json(`DELETE /api/workflows/workflow/${id}`);
  });

  it('the API shows the latest execution of each workflow in the list', async () => {
    const server = await emptySpace('latest');
    await author.json(server, 'POST /api/workflows', { workflows: [{ yaml: yaml('x'), id: 'x' }] });
    const run = async () =>
      z
        .object({ workflowExecutionId: z.string() })
        .parse(await author.json(server, 'POST /api/workflows/workflow/x/run', {}))
        .workflowExecutionId;
    await run();
    const last = await run();
    await waitUntil('the list to show the last execution', async () => {
      const { results } = list.parse(await author.json(server, 'GET /api/workflows'));
      const { lastExecution } = results[0] ?? {};
      return lastExecution?.id === last && lastExecution.status === 'completed';
    });
  });

  describe('a change of single keys of a workflow', () => {
    it('changes only these keys in the YAML, which keeps its comments', async () => {
      const { id } = await create(yaml('before'));
      const changed = workflow.parse(
        await json(`PUT /api/workflows/workflow/${id}`, {
          name: 'after',
          enabled: false,
          tags: ['t'],
        }),
      );
      expect(changed.yaml).toBe(
        yaml('before').replace('name: before', 'name: after\ntags: [t]\nenabled: false'),
      );
      expect(changed).toMatchObject({ name: 'after', enabled: false, tags: ['t'] });
    });

    it('is refused if another request has changed the workflow since the caller read it', async () => {
      const { id, version } = await create(yaml('conflict'));
      const path = `PUT /api/workflows/workflow/${id}` as const;
      const { first } = environment;
      expect((await author.call(first, path, { name: 'one', version })).status).toBe(200);
      const refused = await author.call(first, path, { name: 'two', version });
      expect(refused.status).toBe(409);
      expect(JSON.parse(refused.text)).toMatchObject({ attributes: { code: 'stale_version' } });
      expect(await json(`GET /api/workflows/workflow/${id}`)).toMatchObject({ name: 'one' });
    });

    it('does not change the user of scheduled runs, unlike a change of the whole YAML', async () => {
      const { admin, first } = environment;
      const text = yaml('timed').replace(
        '{ type: manual }',
        '{ type: scheduled, with: { every: 1d } }',
      );
      const { id } = await create(text);
      const path = `PUT /api/workflows/workflow/${id}` as const;
      await admin.json(first, path, { enabled: false });
      expect(await admin.json(first, path, { enabled: true })).toMatchObject({ runsAs: 'bob' });
      const saved = z
        .object({ runsAs: z.string() })
        .parse(await admin.json(first, path, { yaml: text }));
      expect(saved.runsAs).not.toBe('bob');
    });

    it('is refused when the stored text is not valid YAML', async () => {
      const { id } = await create('name: [');
      const path = `PUT /api/workflows/workflow/${id}` as const;
      const refused = await author.call(environment.first, path, { name: 'two' });
      expect(JSON.parse(refused.text)).toMatchObject({
        statusCode: 400,
        attributes: { code: 'workflow_not_editable' },
      });
    });
  });

  it('the API creates many workflows, reports those that were refused, and replaces existing ones on request', async () => {
    const workflows = [
      { yaml: yaml('one'), id: 'many-1' },
      { yaml: yaml('two'), id: 'many-2' },
    ];
    expect(await json('POST /api/workflows', { workflows: [workflows[0]] })).toMatchObject({
      created: [{ id: 'many-1' }],
      failed: [],
    });
    expect(await json('POST /api/workflows', { workflows })).toMatchObject({
      created: [{ id: 'many-2' }],
      failed: [
        {
          index: 0,
          id: 'many-1',
          code: 'workflow_exists',
          error: expect.stringContaining('many-1'),
        },
      ],
    });
    const replaced = workflows.map((each) => ({ ...each, yaml: yaml('new') }));
    expect(await json('POST /api/workflows?overwrite=true', { workflows: replaced })).toMatchObject(
      {
        created: [{ name: 'new' }, { name: 'new' }],
        failed: [],
      },
    );
    const ids = ['many-1', 'many-2'];
    expect(await json('POST /api/workflows/mget', { ids, source: ['id', 'name'] })).toEqual(
      ids.map((id) => ({ id, name: 'new' })),
    );
    const exported = z
      .object({ entries: z.array(z.unknown()), manifest: z.looseObject({}) })
      .parse(await json('POST /api/workflows/export', { ids }));
    expect(exported).toEqual({
      entries: replaced,
      manifest: { version: '1', exportedAt: expect.any(String), exportedCount: 2 },
    });
    const one = { ids: ['none', 'many-2'] };
    expect(await json('POST /api/workflows/export', one)).toMatchObject({
      entries: [{ id: 'many-2' }],
      manifest: { exportedCount: 1 },
    });
    const none = await author.call(environment.first, 'POST /api/workflows/export', {
      ids: ['none'],
    });
    expect(none.status).toBe(404);
    // An export can be imported as it is.
    expect(await json('POST /api/workflows?overwrite=true', exported)).toMatchObject({
      created: [{ id: 'many-1' }, { id: 'many-2' }],
      failed: [],
    });
    const { entries, manifest } = exported;
    for (const body of [
      { manifest },
      { entries, workflows: entries },
      { entries, manifest: { ...manifest, version: '2' } },
    ])
      expect(await author.call(environment.first, 'POST /api/workflows', body)).toMatchObject({
        status: 400,
      });
    const failures = [{ id: 'none', code: 'workflow_not_found' }];
    const disabling = { ids: [...ids, 'none'], enabled: false };
    expect(await json('POST /api/workflows/enabled', disabling)).toMatchObject({
      total: 3,
      changed: 2,
      failures,
    });
    expect(await json('POST /api/workflows/mget', { ids, source: ['enabled'] })).toEqual(
      ids.map((id) => ({ id, enabled: false })),
    );
    expect(await json('DELETE /api/workflows', { ids: [...ids, 'none'] })).toMatchObject({
      total: 3,
      deleted: 2,
      failures,
    });
    expect(await json('POST /api/workflows/mget', { ids })).toEqual([]);
    // As in Kibana, these lists may be empty.
    expect(await json('POST /api/workflows', { workflows: [] })).toEqual({
      created: [],
      failed: [],
    });
    expect(await json('DELETE /api/workflows', { ids: [] })).toEqual({
      total: 0,
      deleted: 0,
      failures: [],
    });
  });

  it('the API starts only one execution when a request with an idempotency key is repeated', async () => {
    const { id } = await create(yaml('once'));
    const started = z.object({ workflowExecutionId: z.string() });
    const run = async (idempotencyKey: string) =>
      started.parse(await json(`POST /api/workflows/workflow/${id}/run`, { idempotencyKey }))
        .workflowExecutionId;
    const ids = await Promise.all([run('k1'), run('k1'), run('k1')]);
    expect(new Set(ids).size).toBe(1);
    const other = await run('k2');
    expect(ids).not.toContain(other);
    await json(`PUT /api/workflows/workflow/${id}`, { enabled: false });
    expect(await run('k1')).toBe(ids[0]);
    const executions = z.object({ results: z.array(z.object({ id: z.string() })) });
    await waitUntil('the list of executions has both', async () => {
      const found = await json(`GET /api/workflows/workflow/${id}/executions`);
      const listed = executions.parse(found).results.map((one) => one.id);
      return [ids[0], other].every((one) => listed.includes(one ?? '')) && listed.length === 2;
    });
    const stats = z.object({
      executions: z.array(z.looseObject({ completed: z.number() })),
    });
    await waitUntil('the numbers of the day have both', async () => {
      const { executions: days } = stats.parse(await json('GET /api/workflows/stats'));
      return days.reduce((sum, { completed }) => sum + completed, 0) >= 2;
    });
  });

  it('the API copies a workflow, and disables the copy if it would start without a user', async () => {
    const manual = await create(yaml('manual'));
    expect(await json(`POST /api/workflows/workflow/${manual.id}/clone`)).toMatchObject({
      name: 'manual Copy',
      enabled: true,
    });
    const scheduled = await create(
      yaml('timed').replace('{ type: manual }', '{ type: scheduled, with: { every: 1d } }'),
    );
    expect(await json(`POST /api/workflows/workflow/${scheduled.id}/clone`)).toMatchObject({
      name: 'timed Copy',
      enabled: false,
    });
  });

  it('the API refuses changes by users who may only read workflows', async () => {
    const { first } = environment;
    const { id } = await create(yaml('read only'));
    for (const [what, body] of [
      ['POST /api/workflows', { workflows: [{ yaml: yaml('x') }] }],
      ['DELETE /api/workflows', { ids: [id] }],
      [`POST /api/workflows/workflow/${id}/clone`, undefined],
      [`PUT /api/workflows/workflow/${id}`, { name: 'x' }],
    ] as const)
      expect((await reader.call(first, what, body)).status).toBe(403);
    expect((await reader.call(first, 'GET /api/workflows/schema')).status).toBe(200);
  });

  it('the API lists the workflows that use a connector, by its id and by its name', async () => {
    const { admin } = environment;
    const server = await emptySpace('uses');
    const { name, ...body } = driveByOwnApp(environment);
    const connector = await createConnector(admin, server, { ...body, name: 'Drive of uses' });
    const using = (id: string) =>
      `  - { name: use, type: google_drive.searchFiles, connector-id: ${id}, with: { query: a } }\n`;
    const scheduled = '{ type: scheduled, with: { every: 1d } }';
    const workflows = [
      { yaml: yaml('by name') + using('Drive of uses'), id: 'n' },
      { yaml: yaml('by id').replace('{ type: manual }', scheduled) + using(connector), id: 'i' },
      { yaml: yaml('other') + using('another'), id: 'o' },
    ];
    await author.json(server, 'POST /api/workflows', { workflows });
    await waitUntil('the uses to be found', async () => {
      const path = `GET /internal/workflows/_uses?connectorId=${connector}` as const;
      const found = z.object({ total: z.number(), results: z.array(z.unknown()) });
      const { total, results } = found.parse(await author.json(server, path));
      if (total < 2) return false;
      expect(results).toEqual([
        { id: 'i', name: 'by id', enabled: true, scheduledAs: 'bob' },
        { id: 'n', name: 'by name', enabled: true },
      ]);
      return true;
    });
  });

  it('the API reports before an execution which connectors are missing, and which connectors the caller must authorize', async () => {
    const { admin, first } = environment;
    const connector = await createConnector(admin, first, driveByOwnApp(environment));
    const steps = [connector, '<CHOOSE>', 'nothing', '"{{ consts.x }}"', connector]
      .map(
        (id, index) =>
          `  - { name: s${index}, type: google_drive.searchFiles, connector-id: ${id}, with: { query: a } }`,
      )
      .join('\n');
    const text = `name: check\nconsts: { x: ${connector} }\ntriggers: [{ type: manual }]\nsteps:\n${steps}\n`;
    const check = (user: TestUser) =>
      user.json(first, 'POST /internal/workflows/_preflight', { yaml: text });
    const preflight = {
      runsAs: 'bob',
      valid: false,
      connectors: [
        {
          steps: [
            { stepId: 's0', line: 5 },
            { stepId: 's4', line: 9 },
          ],
          state: 'found',
          id: connector,
          actionTypeId: '.google_drive',
          personal: true,
          status: 'not_connected',
        },
        { steps: [{ stepId: 's1', line: 6 }], reference: '<CHOOSE>', state: 'placeholder' },
        { reference: 'nothing', state: 'missing', connectorTypeId: '.google_drive' },
        { reference: '{{ consts.x }}', state: 'computed' },
      ],
    };
    expect(await check(author)).toMatchObject(preflight);
    expect((await author.connect(first, connector)).status).toBe(200);
    expect(await check(author)).toMatchObject({
      connectors: [{ status: 'connected' }, {}, {}, {}],
    });
    expect(await check(reader)).toMatchObject({
      runsAs: 'ada',
      connectors: [{ status: 'not_connected' }, {}, {}, {}],
    });
  });

  it('the API describes workflows, connectors and actions for editors', async () => {
    const connectors = z
      .object({
        connectorTypes: z.record(
          z.string(),
          z.object({
            subActions: z.array(
              z.object({ name: z.string(), scope: z.string(), output: z.unknown().optional() }),
            ),
          }),
        ),
      })
      .parse(await json('GET /api/workflows/connectors'));
    expect(connectors.connectorTypes['.google_drive']?.subActions).toContainEqual(
      expect.objectContaining({
        name: 'searchFiles',
        scope: 'read',
        output: expect.objectContaining({ type: 'object' }),
      }),
    );
    const schema = JSON.stringify(await json('GET /api/workflows/schema'));
    expect(schema).toContain('google_drive.searchFiles');
    expect(JSON.stringify(await json('GET /api/workflows/schema?loose=true')).length).toBeLessThan(
      schema.length,
    );
  });
});
