import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CoreSetup, respond, systemRandomness } from '@latchkey/core/server';
import { createRouterHarness, serveWebApp } from '@latchkey/core/server/harness';
import { anAuthenticatedUser, createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  createAuditMock,
  createSecuritySetupMock,
  createSecurityStartMock,
} from '@latchkey/security-plugin/server/mocks';
import {
  createTaskManagerSetupMock,
  createTaskManagerStartMock,
} from '@latchkey/task-manager-plugin/server/mocks';
import { config } from '../config.ts';
import { SpacesPlugin } from '../plugin.ts';
import type { SpaceDataHandler, SpaceDataResult, SpacesStart, SpacesStartDeps } from '../types.ts';

/** Fake data of spaces in memory. All processes of a fixture share it. */
export class FakeData {
  readonly rows = new Map<string, Set<string>>();
  /** Hook that is called each time before a handler removes data. */
  before: (request: Parameters<SpaceDataHandler['deleteData']>[0]) => Promise<void> = async () =>
    undefined;
  outstanding = 0;

  put(spaceId: string, row: string): void {
    const rows = this.rows.get(spaceId) ?? new Set();
    this.rows.set(spaceId, rows.add(row));
  }

  in(spaceId: string): readonly string[] {
    return [...(this.rows.get(spaceId) ?? [])];
  }

  /** Creates a handler as a plugin would implement it. */
  handler(): SpaceDataHandler {
    return {
      id: 'fake',
      types: ['fake'],
      deleteData: async (request): Promise<SpaceDataResult> => {
        const listed = this.in(request.spaceId);
        await this.before(request);
        await request.ensureCurrent();
        for (const row of listed) this.rows.get(request.spaceId)?.delete(row);
        return { removed: { rows: listed.length }, remaining: 0 };
      },
      spacesInUse: async function* (this: FakeData) {
        for (const [id, rows] of this.rows) if (rows.size > 0) yield id;
      }.bind(this),
      countData: async (spaceId) => ({ rows: this.in(spaceId).length }),
      countOutstanding: async () => ({ revocations: this.outstanding }),
    };
  }
}

/** Ana manages spaces; Ben does not. */
export const ana = anAuthenticatedUser({ username: 'ana' });
export const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });

/** Store and data that all processes of one test share. */
export class Installation {
  readonly clock = new ManualClock();
  readonly data = new FakeData();
  readonly #running: SpaceProcess[] = [];
  #folder = '';

  async prepare(): Promise<this> {
    this.#folder = await mkdtemp(join(tmpdir(), 'latchkey-space-deletion-'));
    return this;
  }

  /** Starts another process that uses the same store. */
  async start(more: readonly SpaceDataHandler[] = []): Promise<SpaceProcess> {
    const path = join(this.#folder, 'store.db');
    const process = new SpaceProcess(path, this.clock, [this.data.handler(), ...more]);
    this.#running.push(process);
    await process.start();
    return process;
  }

  async close(): Promise<void> {
    for (const process of this.#running) await process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The plugin in one process. The test itself runs the tasks that it needs. */
export class SpaceProcess {
  readonly harness = createRouterHarness({ user: ana });
  readonly audit = createAuditMock();
  readonly securitySetup = createSecuritySetupMock({ audit: this.audit });
  readonly logger = createLoggerMock('plugins.spaces');
  readonly tasks = createTaskManagerSetupMock();
  readonly taskManager = createTaskManagerStartMock();
  readonly #clock: ManualClock;
  readonly #handlers: readonly SpaceDataHandler[];
  readonly #savedObjects;
  readonly #plugin: SpacesPlugin;
  spaces!: SpacesStart;

  constructor(path: string, clock: ManualClock, handlers: readonly SpaceDataHandler[]) {
    this.#clock = clock;
    this.#handlers = handlers;
    this.#savedObjects = createSavedObjectsService({
      store: createSqliteStore({ path }),
      logger: createLoggerMock(),
      now: () => clock.now(),
      uuid: () => systemRandomness.uuid(),
    });
    this.#plugin = new SpacesPlugin({
      pluginId: 'spaces',
      logger: this.logger,
      config: config.schema.parse({}),
      env: { mode: 'development', dataPath: '/nowhere', version: '0.0.0', instanceId: 'test' },
      clock,
      randomness: systemRandomness,
    });
  }

  async start(): Promise<void> {
    const { http } = this.harness;
    const security = createSecurityStartMock({
      missing: ({ user }) => user?.username !== 'ana',
    });
    http.registerAuthorizer((principal, required) =>
      security.missingPrivileges(principal, required),
    );
    const route = { method: 'get', path: '/api/here', access: 'public', summary: 'Here' } as const;
    http.createRouter().handle(route, () => respond.noContent());
    const setup = this.#plugin.setup(
      {
        http,
        browser: serveWebApp(http),
        savedObjects: this.#savedObjects.setup,
        getStartServices: async () => [] as unknown,
      } as CoreSetup<SpacesStartDeps, SpacesStart>,
      {
        security: this.securitySetup,
        taskManager: this.tasks,
      },
    );
    for (const handler of this.#handlers) setup.registerDataHandler(handler);
    const savedObjects = await this.#savedObjects.start();
    const { taskManager } = this;
    this.spaces = await this.#plugin.start(
      { savedObjects, http, allPluginsStarted: Promise.resolve() },
      { security, taskManager },
    );
  }

  async stop(): Promise<void> {
    await this.#plugin.stop();
    await this.harness.close();
    await this.#savedObjects.stop();
  }

  create = (id: string) => this.#send('POST', '', { id, name: `Space ${id}` });
  delete = (id: string) => this.#send('DELETE', `/${id}`);
  get = (id: string) => this.#send('GET', `/${id}`);
  list = () => this.#send<{ readonly id: string }[]>('GET', '');

  enter = async (id: string) =>
    (await this.harness.inject({ method: 'GET', url: `/s/${id}/api/here` })).status;

  progress = (id: string, user = ana) =>
    this.harness.inject<Record<string, unknown>>({
      method: 'GET',
      url: `/internal/spaces/space/${id}/_deletion`,
      user,
    });

  preview = (id: string, user = ana) =>
    this.harness.inject<Record<string, unknown>>({
      method: 'GET',
      url: `/internal/spaces/space/${id}/_deletion_preview`,
      user,
    });

  /** Runs the background task of one deletion, as the task manager does after ten seconds. */
  runDeletion = (spaceId: string) => this.tasks.run('spaces:delete_space', { params: { spaceId } });
  findOrphans = () => this.tasks.run('spaces:delete_orphaned_data');
  resume = () => this.tasks.run('spaces:resume_deletions');

  /** Ids of the deletions for which a task was scheduled. */
  get scheduled(): readonly unknown[] {
    return this.taskManager.calls.flatMap((call) =>
      call.method === 'schedule' ? [call.task.params?.['spaceId']] : [],
    );
  }

  /** Advances the clock by five seconds, the time for which a request waits. */
  timedOut = () => this.#clock.advance(5000);

  #send<B = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
  ) {
    const url = `/api/spaces/space${path}`;
    return this.harness.inject<B>({ method, url, ...(body === undefined ? {} : { body }) });
  }
}
