import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesConfig } from './config.ts';
import {
  MANAGE_SPACES,
  mapSpaceError,
  registerSpaceRoutes,
  SPACE_TYPE,
  SpaceService,
  SpaceStore,
  spaceType,
} from './spaces/index.ts';
import type { SpacesSetup, SpacesSetupDeps, SpacesStart, SpacesStartDeps } from './types.ts';

interface Started {
  readonly repository: SavedObjectsRepository;
  readonly security: SecurityStart;
}

/** Partitions of connectors and workflows under `/s/{space}`. */
export class SpacesPlugin
  implements Plugin<SpacesSetup, SpacesStart, SpacesSetupDeps, SpacesStartDeps>
{
  readonly #context: PluginInitializerContext<SpacesConfig>;
  #spaces: SpaceService | undefined;
  #started: Started | undefined;

  constructor(context: PluginInitializerContext<SpacesConfig>) {
    this.#context = context;
  }

  setup(core: CoreSetup<SpacesStartDeps, SpacesStart>, deps: SpacesSetupDeps): SpacesSetup {
    core.savedObjects.registerType(spaceType);
    registerManagement(deps.security);
    const spaces = new SpaceService({
      store: new SpaceStore(() => this.#whenStarted().repository),
      clock: this.#context.clock,
      security: () => this.#whenStarted().security,
      maxSpaces: this.#context.config.maxSpaces,
    });
    this.#spaces = spaces;
    core.http.registerSpaceGuard((id) => spaces.exists(id));
    const router = core.http.createRouter({ mapError: mapSpaceError });
    registerSpaceRoutes(router, { spaces, audit: deps.security.audit });
    return { onSpaceDelete: (listener) => spaces.onDelete(listener) };
  }

  async start(core: CoreStart, { security }: SpacesStartDeps): Promise<SpacesStart> {
    const spaces = this.#spaces;
    if (spaces === undefined) throw new Error('spaces: start was called before setup');
    const repository = core.savedObjects.createRepository({ includedHiddenTypes: [SPACE_TYPE] });
    this.#started = { repository, security };
    await spaces.ensureDefault();
    return { exists: (id) => spaces.exists(id) };
  }

  #whenStarted(): Started {
    if (this.#started === undefined) throw new Error('spaces: used before it started');
    return this.#started;
  }
}

function registerManagement(security: SecuritySetup): void {
  security.registerFeature({
    id: 'spaces',
    name: 'Spaces management',
    privileges: { all: [MANAGE_SPACES], read: [] },
    onlyWithBaseInEverySpace: true,
  });
}
