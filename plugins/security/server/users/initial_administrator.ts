import type { Logger, Randomness, ServerEnvironment } from '@latchkey/core/server';
import { SUPERUSER } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import type { UserService } from './user_service.ts';
import type { UserStore } from './user_store.ts';

/** Name of the account that an empty store gets. */
const INITIAL_ADMINISTRATOR = 'elastic';

const DEVELOPMENT_PASSWORD = 'changeme';

export interface InitialAdministratorDeps {
  readonly store: Pick<UserStore, 'isEmpty'>;
  readonly users: Pick<UserService, 'create'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly mode: ServerEnvironment['mode'];
  /** `xpack.security.initialAdminPassword` */
  readonly configuredPassword: string | undefined;
  /** Shows a line to the person at the console, past the logger, so that a random password reaches no log file or log store. */
  readonly print: (line: string) => void;
}

/** Creates the first administrator when nobody exists yet. Several processes may do so at once: one of them wins. */
export async function ensureAdministrator(deps: InitialAdministratorDeps): Promise<void> {
  if (!(await deps.store.isEmpty())) return;
  const { password, origin } = choosePassword(deps);
  try {
    await deps.users.create({
      username: INITIAL_ADMINISTRATOR,
      password,
      roles: [SUPERUSER],
      fullName: undefined,
      email: undefined,
      metadata: {},
      enabled: true,
    });
  } catch (error) {
    // Another process was faster; its password is the one that counts.
    if (error instanceof SecurityError && error.code === 'user_conflict') return;
    throw error;
  }
  announce(deps, password, origin);
}

type Origin = 'configured' | 'development' | 'random';

function choosePassword(deps: InitialAdministratorDeps): {
  readonly password: string;
  readonly origin: Origin;
} {
  if (deps.configuredPassword !== undefined) {
    return { password: deps.configuredPassword, origin: 'configured' };
  }
  if (deps.mode === 'development') {
    return { password: DEVELOPMENT_PASSWORD, origin: 'development' };
  }
  return { password: deps.randomness.bytes(18).toString('base64url'), origin: 'random' };
}

function announce(deps: InitialAdministratorDeps, password: string, origin: Origin): void {
  const created = `Created the administrator [${INITIAL_ADMINISTRATOR}]`;
  switch (origin) {
    case 'configured':
      deps.logger.info(`${created} with the password of xpack.security.initialAdminPassword.`);
      return;
    case 'development':
      deps.logger.warn(`${created} with the well-known development password.`);
      return;
    case 'random':
      deps.logger.warn(`${created}. Its password was printed once on the console: change it.`);
      deps.print(`Password of the administrator [${INITIAL_ADMINISTRATOR}]: ${password}`);
      return;
    default:
      origin satisfies never;
  }
}
