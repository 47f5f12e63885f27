import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { apiKeyFeature, apiKeyType } from './api_keys/index.ts';
import { createAuditLogger } from './audit/index.ts';
import { bootDataOf, deferredIdentityOf, readPageUser } from './authentication/index.ts';
import { buildServices, type SecurityServices } from './build_services.ts';
import type { SecurityConfig } from './config.ts';
import {
  knownAddressesType,
  loginFailuresType,
  throttleSecretType,
} from './login_throttle/index.ts';
import type { ScryptCost } from './passwords/index.ts';
import { monitoringFeature } from './privileges/index.ts';
import { registerHttp } from './register_http.ts';
import { roleType } from './roles/index.ts';
import { sessionType } from './sessions/index.ts';
import type { SecuritySetup, SecuritySetupDeps, SecurityStart } from './types.ts';
import { InitialAdministrator, userProfileType, userType } from './users/index.ts';

const TYPES = [
  ...[userType, userProfileType, roleType, sessionType, apiKeyType],
  ...[loginFailuresType, knownAddressesType, throttleSecretType],
];

/** Values that tests replace. Production sets none of them. */
export interface SecurityPluginOverrides {
  /** Cheaper hashes, so that tests are fast. */
  readonly scryptCost?: ScryptCost;
  /**
   * Output for lines that must not depend on the log, such as the random first password. Default:
   * standard output.
   */
  readonly print?: (line: string) => void;
}

/** Authenticates users, authorizes requests, and writes the audit log. */
export class SecurityPlugin implements Plugin<SecuritySetup, SecurityStart, SecuritySetupDeps> {
  readonly #context: PluginInitializerContext<SecurityConfig>;
  readonly #overrides: SecurityPluginOverrides;
  readonly #print: (line: string) => void;
  #repository: SavedObjectsRepository | undefined;
  #services: SecurityServices | undefined;

  constructor(
    context: PluginInitializerContext<SecurityConfig>,
    overrides: SecurityPluginOverrides = {},
  ) {
    this.#context = context;
    this.#overrides = overrides;
    this.#print = overrides.print ?? ((line) => process.stdout.write(`${line}\n`));
  }

  setup(core: CoreSetup<object, SecurityStart>, deps: SecuritySetupDeps = {}): SecuritySetup {
    for (const type of TYPES) core.savedObjects.registerType(type);
    const { config, logger } = this.#context;
    const auditLogger = createAuditLogger(core.logging, {
      ...config.audit,
      logger,
      print: this.#print,
    });
    const services = buildServices({
      ...this.#context,
      ...this.#overrides,
      auditLogger,
      urls: core.http.urls,
      cookiePrefix: core.http.cookiePrefix,
      repository: () => this.#startedRepository(),
    });
    this.#services = services;
    services.features.register(apiKeyFeature);
    services.features.register(monitoringFeature);
    registerHttp(core, services, this.#context);
    core.browser.registerBootData((principal) => bootDataOf(services, principal));
    deps.encryptedSavedObjects?.onKeyAdministration(({ principal, ...event }) =>
      services.audit.log(principal, event),
    );
    return {
      registerFeature: (feature) => services.features.register(feature),
      onUserChange: (listener) => services.userChanges.subscribe(listener),
      registerSpaceDeletions: (read) => {
        services.roles.readDeletionsWith(read);
        services.apiKeys.readDeletionsWith(read);
      },
      audit: { log: (principal, event) => services.audit.log(principal, event) },
    };
  }

  async start(core: CoreStart): Promise<SecurityStart> {
    const services = this.#services;
    if (services === undefined)
      throw new Error('The plugin security: start() was called before setup()');
    this.#repository = core.savedObjects.createRepository({
      includedHiddenTypes: TYPES.map(({ name }) => name),
    });
    services.features.close();
    await services.throttleSecret.load();
    await new InitialAdministrator({
      ...services,
      randomness: this.#context.randomness,
      logger: this.#context.logger,
      mode: this.#context.env.mode,
      configuredPassword: this.#context.config.initialAdminPassword,
      print: this.#print,
    }).ensure();
    services.expired.start();
    return {
      audit: { log: (principal, event) => services.audit.log(principal, event) },
      missingPrivileges: (principal, required) =>
        services.authorizer.missingPrivileges(principal, required),
      hasAnyPrivilege: (principal) => services.authorizer.hasAnyPrivilege(principal),
      getActiveUser: (profileUid) => services.directory.getActiveUser(profileUid),
      deferredIdentity: (principal) => deferredIdentityOf(principal),
      getDeferredUser: (identity) => services.deferredUsers.get(identity),
      getCurrentUser: (user) => services.currentUsers.get(user),
      removeSpace: async (spaceId, ensureCurrent) => ({
        roles: await services.roles.removeSpace(spaceId, ensureCurrent),
        apiKeys: await services.apiKeys.removeSpace(spaceId, ensureCurrent),
      }),
      countSpace: async (spaceId) => ({
        roles: await services.roles.countSpace(spaceId),
        apiKeys: await services.apiKeys.countSpace(spaceId),
      }),
      activeProfileUids: () => services.store.activeProfileUids(),
      findProfileUids: (text, limit) => services.store.findProfileUids(text, limit),
      getPageUser: (principal) => readPageUser(services, principal),
    };
  }

  async stop(): Promise<void> {
    await this.#services?.expired.stop();
    this.#services?.audit.flush();
  }

  #startedRepository(): SavedObjectsRepository {
    if (this.#repository === undefined)
      throw new Error('The plugin security was used before start() was called');
    return this.#repository;
  }
}
