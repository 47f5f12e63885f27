import type { CoreSetup, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { SecuritySetup } from '@latchkey/security-plugin/server';
import { GREET_PRIVILEGE } from '../common/index.ts';
import type { HelloPluginConfig } from './config.ts';
import {
  GREETING_TYPE,
  type GreetingServices,
  greetingType,
  registerGreetingRoute,
} from './greetings/index.ts';

/** Contracts of other plugins that this plugin needs while it sets up. */
interface SetupDeps {
  readonly security: SecuritySetup;
}

/** Registers the settings, one feature, one saved-object type and one route. */
export class HelloPlugin implements Plugin<void, void, SetupDeps> {
  readonly #context: PluginInitializerContext<HelloPluginConfig>;

  constructor(context: PluginInitializerContext<HelloPluginConfig>) {
    this.#context = context;
  }

  setup(core: CoreSetup<object, void>, { security }: SetupDeps): void {
    const { config, clock } = this.#context;
    core.savedObjects.registerType(greetingType);
    security.registerFeature({
      id: 'helloPlugin',
      name: { en: 'Hello plugin', de: 'Hallo-Plugin' },
      privileges: { all: [GREET_PRIVILEGE], read: [] },
    });
    const services = async (): Promise<GreetingServices> => {
      const [{ savedObjects }] = await core.getStartServices();
      const repository = savedObjects.createRepository({ includedHiddenTypes: [GREETING_TYPE] });
      return { greeting: config.greeting, clock, repository };
    };
    registerGreetingRoute(core.http.createRouter({ services }));
  }

  start(): void {
    this.#context.logger.debug('Hello plugin started');
  }
}
