import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { Audit, SecuritySetup } from '@latchkey/security-plugin/server';
import { MANAGE_SPACES } from '../common/index.ts';
import type { SpacesConfig } from './config.ts';
import {
  DeletionStore,
  DeletionTasks,
  deletionScheduler,
  registerDeletionRoutes,
  SPACE_DELETION_TYPE,
  SpaceDataHandlers,
  SpaceDeletions,
  securityDataHandler,
  spaceDeletionType,
} from './deletion/index.ts';
import {
  bootDataOf,
  mapSpaceError,
  registerSpaceRoutes,
  SPACE_TYPE,
  SpaceService,
  SpaceStore,
  spaceType,
} from './spaces/index.ts';
import type { SpacesSetup, SpacesSetupDeps, SpacesStart, SpacesStartDeps } from './types.ts';

interface Started extends SpacesStartDeps {
  readonly repository: SavedObjectsRepository;
}

/** Services of the plugin that delete spaces. */
interface SpaceDeletionServices {
  readonly deletions: SpaceDeletions;
  readonly tasks: DeletionTasks;
}

/**
 * Plugin that divides connectors and workflows into spaces, whose paths begin with `/s/{space}`.
 */
export class SpacesPlugin
  implements Plugin<SpacesSetup, SpacesStart, SpacesSetupDeps, SpacesStartDeps>
{
  readonly #context: PluginInitializerContext<SpacesConfig>;
  readonly #handlers = new SpaceDataHandlers();
  #deletion: SpaceDeletionServices | undefined;
  #spaces: SpaceService | undefined;
  #started: Started | undefined;

  constructor(context: PluginInitializerContext<SpacesConfig>) {
    this.#context = context;
  }

  setup(core: CoreSetup<SpacesStartDeps, SpacesStart>, deps: SpacesSetupDeps): SpacesSetup {
    for (const type of [spaceType, spaceDeletionType]) core.savedObjects.registerType(type);
    registerManagement(deps.security);
    const store = new SpaceStore(() => this.#whenStarted().repository);
    const deletion = this.#buildDeletion(core, store, deps.security.audit);
    this.#deletion = deletion;
    deps.security.registerSpaceDeletions((id) => deletion.deletions.stateOf(id));
    const spaces = new SpaceService({
      store,
      clock: this.#context.clock,
      security: () => this.#whenStarted().security,
      maxSpaces: this.#context.config.maxSpaces,
      removeContents: (space, requestedBy) => deletion.deletions.begin(space, requestedBy),
    });
    this.#spaces = spaces;
    this.#handlers.register(securityDataHandler(() => this.#whenStarted().security));
    for (const task of deletion.tasks.definitions()) deps.taskManager.registerTaskDefinition(task);
    core.http.registerSpaceGuard((id, principal) => spaces.existsFor(id, principal));
    core.browser.registerBootData((principal) => bootDataOf(principal, spaces));
    core.browser.registerHomeSpace(async (principal) => (await spaces.list(principal))[0]?.id);
    const { deletions } = deletion;
    const router = core.http.createRouter({
      mapError: mapSpaceError,
      services: () => ({ spaces, deletions, audit: deps.security.audit }),
    });
    registerSpaceRoutes(router);
    registerDeletionRoutes(router);
    return { registerDataHandler: (handler) => this.#handlers.register(handler) };
  }

  async start(core: CoreStart, deps: SpacesStartDeps): Promise<SpacesStart> {
    const [spaces, deletion] = [this.#spaces, this.#deletion];
    if (spaces === undefined || deletion === undefined)
      throw new Error('The plugin spaces: start() was called before setup()');
    // The record of a deletion is kept for a month after it, to show what was removed.
    const types = core.savedObjects.getTypes().filter(({ name }) => name !== SPACE_DELETION_TYPE);
    this.#handlers.ensureComplete(types);
    const includedHiddenTypes = [SPACE_TYPE, SPACE_DELETION_TYPE];
    const repository = core.savedObjects.createRepository({ includedHiddenTypes });
    this.#started = { repository, ...deps };
    await spaces.ensureDefault();
    await deletion.tasks.schedule(deps.taskManager);
    return { exists: (id) => spaces.exists(id), isOpen: (id) => spaces.isOpen(id) };
  }

  async stop(): Promise<void> {
    await this.#deletion?.deletions.stop();
  }

  #buildDeletion(
    core: CoreSetup<SpacesStartDeps, SpacesStart>,
    spaces: SpaceStore,
    audit: Audit,
  ): SpaceDeletionServices {
    const { clock } = this.#context;
    const logger = this.#context.logger.get('deletion');
    const store = new DeletionStore(() => this.#whenStarted().repository);
    const schedule = deletionScheduler(() => this.#whenStarted().taskManager);
    const common = { spaces, handlers: this.#handlers, schedule, clock, logger };
    const deletions = new SpaceDeletions({ ...common, deletions: store, audit });
    const whenStarted = () => core.getStartServices();
    return { deletions, tasks: new DeletionTasks({ ...common, store, deletions, whenStarted }) };
  }

  #whenStarted(): Started {
    if (this.#started === undefined)
      throw new Error('The plugin spaces was used before start() was called');
    return this.#started;
  }
}

function registerManagement(security: SecuritySetup): void {
  security.registerFeature({
    id: 'spaces',
    name: { en: 'Spaces management', de: 'Verwaltung der Bereiche' },
    privileges: { all: [MANAGE_SPACES], read: [] },
    onlyWithBaseInEverySpace: true,
  });
}
