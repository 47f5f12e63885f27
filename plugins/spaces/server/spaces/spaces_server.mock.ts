import { type CoreSetup, respond, systemRandomness } from '@latchkey/core/server';
import {
  createRouterHarness,
  type RouterHarness,
  serveWebApp,
} from '@latchkey/core/server/harness';
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
import type { SpacesStart, SpacesStartDeps } from '../types.ts';

/** The user ana, who has all privileges. */
export const MANAGER = anAuthenticatedUser({ username: 'ana' });
/** The user ben, who has a privilege only in the space `sales`. */
export const SELLER = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });

/** Mock of security: ana has all privileges; ben has a privilege only in `sales`. */
const security = () =>
  createSecurityStartMock({
    missing: ({ user, spaceId }, privilege) =>
      user?.username !== 'ana' && !(spaceId === 'sales' && privilege === 'any'),
  });

/** The plugin behind the real router, without the other plugins. */
export class SpacesServer {
  readonly clock = new ManualClock();
  readonly audit = createAuditMock();
  readonly harness: RouterHarness = createRouterHarness({ user: MANAGER });
  readonly #savedObjects;
  readonly #settings: unknown;
  started!: SpacesStart;

  /** @param path file of a store that other servers also use; default: a store in memory */
  constructor(settings: unknown = {}, path = ':memory:') {
    this.#settings = settings;
    this.#savedObjects = createSavedObjectsService({
      store: createSqliteStore({ path }),
      logger: createLoggerMock(),
      now: () => this.clock.now(),
      uuid: () => systemRandomness.uuid(),
    });
  }

  async start(): Promise<this> {
    const { http } = this.harness;
    const plugin = new SpacesPlugin({
      pluginId: 'spaces',
      logger: createLoggerMock(),
      config: config.schema.parse(this.#settings),
      env: { mode: 'development', dataPath: '/nowhere', version: '0.0.0', instanceId: 'test' },
      clock: this.clock,
      randomness: systemRandomness,
    });
    const start = security();
    http.registerAuthorizer((principal, required) => start.missingPrivileges(principal, required));
    http
      .createRouter()
      .handle({ method: 'get', path: '/api/here', access: 'public', summary: 'Here' }, (request) =>
        respond.ok({ spaceId: request.spaceId }),
      );
    plugin.setup(
      {
        http,
        browser: serveWebApp(http),
        savedObjects: this.#savedObjects.setup,
      } as CoreSetup<SpacesStartDeps, SpacesStart>,
      {
        security: createSecuritySetupMock({ audit: this.audit }),
        taskManager: createTaskManagerSetupMock(),
      },
    );
    const savedObjects = await this.#savedObjects.start();
    this.started = await plugin.start(
      { savedObjects, http, allPluginsStarted: Promise.resolve() },
      { security: start, taskManager: createTaskManagerStartMock() },
    );
    return this;
  }

  async stop(): Promise<void> {
    await this.harness.close();
    await this.#savedObjects.stop();
  }
}
