import { systemRandomness } from '@latchkey/core/server';
import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workflowsWithTrigger } from './stored_workflow.ts';
import { WorkflowSearch } from './workflow_search.ts';
import { aWorkflowService } from './workflow_service.mock.ts';
import {
  revisionOf,
  versionOf,
  WORKFLOW_TYPE,
  type WorkflowAttributes,
  workflowType,
} from './workflow_type.ts';

const yamlOf = (name: string, comment = '') => `name: ${name}
description: About ${name}
tags: [t-${name}]
triggers: [{ type: manual }]
steps: [{ name: log, type: console, with: { message: hi } }]
# ${comment}
`;
const principal = { user: anAuthenticatedUser(), spaceId: 'default' };
const QUERY = { page: 1, size: 20, sort: 'name' } as const;

let service: Awaited<ReturnType<typeof aWorkflowService>>;
let search: WorkflowSearch;
beforeEach(async () => {
  service = await aWorkflowService();
  search = new WorkflowSearch(service.repository);
});
afterEach(() => service.stop());

/** Records the names of the attributes of all documents that the store returns. */
function recordReads(store: DocumentStore): Set<string> {
  const names = new Set<string>();
  const original = store.search;
  store.search = async (request) => {
    const found = await original(request);
    for (const { attributes } of found.documents)
      for (const name of Object.keys(attributes)) names.add(name);
    return found;
  };
  const { iterate } = store;
  store.iterate = async function* (request) {
    for await (const batch of iterate(request)) {
      for (const { attributes } of batch)
        for (const name of Object.keys(attributes)) names.add(name);
      yield batch;
    }
  };
  return names;
}

describe('a search for the workflows with a trigger', () => {
  it('J153: does not read the YAML, and returns the versions of the workflows', async () => {
    const { workflows, store, repository } = service;
    await workflows.create(principal, { yaml: yamlOf('a'), id: 'w-1' });
    await workflows.create(principal, { yaml: yamlOf('other').replace('manual', 'alert') });
    const created = await workflows.get(principal, 'w-1');
    const read = recordReads(store);
    const found = [];
    for await (const batch of workflowsWithTrigger(repository, 'manual', 'default'))
      found.push(...batch);
    expect(found.map(({ id, revision }) => [id, revision.version])).toEqual([
      ['w-1', versionOf(created)],
    ]);
    expect(read).not.toContain('yaml');
  });
});

describe('a list of workflows', () => {
  it('J132: does not read the YAML, and returns the version that a later edit needs', async () => {
    const { workflows, store } = service;
    await workflows.create(principal, { yaml: yamlOf('a'), id: 'w-1' });
    const created = await workflows.get(principal, 'w-1');
    const read = recordReads(store);
    const { workflows: listed, total } = await search.list(principal, QUERY);
    expect(total).toBe(1);
    const { yaml, searchText: _, sortName: __, ...shown } = created;
    expect(listed).toEqual([shown]);
    expect(listed[0]?.revision.version).toBe(versionOf(created));
    expect(listed[0]?.revision.yamlLength).toBe(yaml.length);
    await search.usesOf(principal, ['c1'], 10);
    await search.count(principal);
    await search.values(principal, ['tags']);
    expect([...read]).toEqual(expect.arrayContaining(['name', 'tags', 'revision']));
    expect([...read]).not.toContain('yaml');
    const version = listed[0]?.revision.version;
    await expect(
      workflows.update(principal, 'w-1', { enabled: false, version }),
    ).resolves.toBeDefined();
    await expect(
      workflows.update(principal, 'w-1', { enabled: true, version }),
    ).rejects.toMatchObject({ code: 'stale_version' });
  });

  it('is sorted by any field with an index, in both directions', async () => {
    const { workflows } = service;
    await workflows.create(principal, { yaml: yamlOf('b'), id: 'w-1' });
    await workflows.create(principal, { yaml: `enabled: false\n${yamlOf('a')}`, id: 'w-2' });
    const sorted = async (over: Partial<Parameters<typeof search.list>[1]>) =>
      (await search.list(principal, { ...QUERY, ...over })).workflows.map(({ name }) => name);
    expect(await sorted({ sort: 'name' })).toEqual(['a', 'b']);
    expect(await sorted({ sort: 'name', order: 'desc' })).toEqual(['b', 'a']);
    expect(await sorted({ sort: 'enabled' })).toEqual(['a', 'b']);
    expect(await sorted({ sort: 'enabled', order: 'desc' })).toEqual(['b', 'a']);
  });

  it('cuts descriptions to 10,000 characters', async () => {
    const long = 'x'.repeat(20_000);
    const yaml = `name: a\ndescription: ${long}\n`;
    await service.workflows.create(principal, { yaml, id: 'w-1' });
    const { workflows } = await search.list(principal, QUERY);
    expect(workflows[0]?.description).toBe(long.slice(0, 10_000));
  });
});

describe('workflows in a store that a server of an older build, without revisions, also uses', () => {
  let older: SavedObjectsRepository;
  let stopOlder: () => Promise<void>;
  beforeEach(async () => {
    const [first] = Object.values(workflowType.modelVersions);
    if (first === undefined) throw new Error('The type has no first model version.');
    const savedObjects = createSavedObjectsService({
      // Stopping a service closes its store, which the other service still uses.
      store: { ...service.store, close: async () => undefined },
      logger: createLoggerMock(),
      now: () => service.clock.now(),
      uuid: () => systemRandomness.uuid(),
    });
    savedObjects.setup.registerType({
      ...workflowType,
      largeAttributes: [],
      modelVersions: { 1: first },
    });
    const { createRepository } = await savedObjects.start();
    older = createRepository({ includedHiddenTypes: [WORKFLOW_TYPE] });
    stopOlder = () => savedObjects.stop();
  });
  afterEach(() => stopOlder());

  const ID = 'default:w-1';
  const shown = async () => {
    const { workflows } = await search.list(principal, QUERY);
    return workflows.map(({ name, description, revision }) => ({ name, description, revision }));
  };
  /** Writes a workflow as a server of the older build does, without a revision. */
  const edit = (name: string, at: string) =>
    older.update<WorkflowAttributes>(WORKFLOW_TYPE, ID, {
      name,
      sortName: name,
      yaml: yamlOf(name, 'edited'),
      lastUpdatedAt: at,
    });

  it('are listed with correct versions, whichever build wrote them last', async () => {
    const { workflows } = service;
    await workflows.create(principal, { yaml: yamlOf('a'), id: 'w-1' });
    await edit('b', '2031-01-01T00:00:00.000Z');
    const edited = await workflows.get(principal, 'w-1');
    expect(edited.revision).toEqual(revisionOf(edited));
    expect(await shown()).toMatchObject([{ name: 'b', revision: revisionOf(edited) }]);
    const version = edited.revision.version;
    await workflows.update(principal, 'w-1', { yaml: yamlOf('c'), version });
    const updated = await workflows.get(principal, 'w-1');
    expect(await shown()).toMatchObject([{ name: 'c', revision: revisionOf(updated) }]);
    expect(updated.revision.version).not.toBe(version);
  });

  it('are listed with a cut description when the older build created them with a long one', async () => {
    const { workflows } = service;
    const created = await workflows.create(principal, { yaml: yamlOf('a'), id: 'w-0' });
    const { id: _, revision: __, ...attributes } = created;
    const description = 'y'.repeat(50_000);
    await older.create(WORKFLOW_TYPE, { ...attributes, description }, { id: ID });
    const expected = revisionOf(created);
    expect(await shown()).toEqual([
      { name: 'a', description: 'About a', revision: expected },
      { name: 'a', description: description.slice(0, 10_000), revision: expected },
    ]);
  });

  it('can be read and changed by the older build', async () => {
    await service.workflows.create(principal, { yaml: yamlOf('a'), id: 'w-1' });
    const read = await older.get<WorkflowAttributes>(WORKFLOW_TYPE, ID);
    expect(read.attributes).toMatchObject({ name: 'a', yaml: yamlOf('a') });
    expect(read.attributes).not.toHaveProperty('revision');
    await edit('b', '2031-01-01T00:00:00.000Z');
    const stored = await service.workflows.get(principal, 'w-1');
    expect(stored).toMatchObject({ name: 'b', yaml: yamlOf('b', 'edited') });
  });
});
