import {
  ConfigError,
  type Logger,
  type Randomness,
  type ServerEnvironment,
} from '@latchkey/core/server';
import type { PasswordHasher } from '../passwords/index.ts';
import { SUPERUSER } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import {
  DEVELOPMENT_PASSWORD,
  DevelopmentPasswordCheck,
  isDevelopmentPassword,
} from './development_passwords.ts';
import type { UserService } from './user_service.ts';
import type { UserStore } from './user_store.ts';

/** Name of the account that is created in an empty store. */
const INITIAL_ADMINISTRATOR = 'elastic';

/** Source of the administrator's password. */
type Origin = 'configured' | 'development' | 'random';

const SETTING = 'xpack.security.initialAdminPassword';

/** Dependencies and settings of {@link InitialAdministrator}. */
export interface InitialAdministratorDeps {
  readonly store: Pick<UserStore, 'isEmpty' | 'get' | 'list' | 'update'>;
  readonly users: Pick<UserService, 'create'>;
  readonly hasher: Pick<PasswordHasher, 'verify'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly mode: ServerEnvironment['mode'];
  /**
   * Password from `xpack.security.initialAdminPassword`. `undefined`: not set. In production, a
   * random password is printed instead.
   */
  readonly configuredPassword: string | undefined;
  /**
   * Prints a line on the console, not to the logger, so that a random password reaches no log file
   * or log store.
   */
  readonly print: (line: string) => void;
}

/** Creates the administrator at the first start. */
export class InitialAdministrator {
  readonly #deps: InitialAdministratorDeps;

  constructor(deps: InitialAdministratorDeps) {
    this.#deps = deps;
  }

  /**
   * Creates the administrator when no user exists. When several processes try at the same time, one
   * of them succeeds.
   * @throws Error caused by a ConfigError when production would run with a development password
   */
  async ensure(): Promise<void> {
    const { mode, configuredPassword, store } = this.#deps;
    if (mode === 'production' && isDevelopmentPassword(configuredPassword ?? '')) {
      throw wellKnownPassword(`${SETTING} is the development password. Set another one`);
    }
    if (await store.isEmpty()) await this.#create();
    else await this.#check();
  }

  /** Checks the administrator that an earlier start has created, perhaps in another mode. */
  async #check(): Promise<void> {
    const { mode, configuredPassword, logger, store, hasher } = this.#deps;
    if (mode === 'production') await new DevelopmentPasswordCheck(this.#deps).run();
    const administrator = await store.get(INITIAL_ADMINISTRATOR);
    const has = async (password: string): Promise<boolean> =>
      (await hasher.verify(password, administrator?.passwordHash)).ok;
    if (configuredPassword !== undefined && !(await has(configuredPassword))) {
      logger.warn(
        `[${SETTING}] has no effect: users already exist, and it is not the password of [${INITIAL_ADMINISTRATOR}]. It is used only at the first start; remove it.`,
      );
    }
  }

  async #create(): Promise<void> {
    const { password, origin } = this.#choosePassword();
    try {
      await this.#deps.users.create({
        username: INITIAL_ADMINISTRATOR,
        password,
        roles: [SUPERUSER],
        fullName: undefined,
        email: undefined,
        metadata: {},
        enabled: true,
      });
    } catch (error) {
      // Another process has created the account first, so its password is the one that counts.
      if (error instanceof SecurityError && error.code === 'user_exists') return;
      throw error;
    }
    this.#announce(password, origin);
  }

  #choosePassword(): { readonly password: string; readonly origin: Origin } {
    const { configuredPassword, mode, randomness } = this.#deps;
    if (configuredPassword !== undefined)
      return { password: configuredPassword, origin: 'configured' };
    if (mode === 'development') return { password: DEVELOPMENT_PASSWORD, origin: 'development' };
    return { password: randomness.bytes(18).toString('base64url'), origin: 'random' };
  }

  #announce(password: string, origin: Origin): void {
    const { logger, print } = this.#deps;
    const created = `Created the administrator [${INITIAL_ADMINISTRATOR}]`;
    switch (origin) {
      case 'configured':
        logger.info(`${created} with the password of xpack.security.initialAdminPassword`);
        return;
      case 'development':
        logger.warn(`${created} with the well-known development password`);
        return;
      case 'random':
        logger.warn(`${created}. Its password was printed once on the console: change it.`);
        print(`Password of the administrator [${INITIAL_ADMINISTRATOR}]: ${password}`);
        return;
      default:
        origin satisfies never;
    }
  }
}

/** A configuration error. Its exit code tells supervisors that a restart will not help. */
function wellKnownPassword(message: string): Error {
  const cause = new ConfigError([{ path: SETTING, message: 'the development password is in use' }]);
  return new Error(message, { cause });
}
