import { createHash } from 'node:crypto';
import { ConfigError, type Logger } from '@latchkey/core/server';
import type { PasswordHasher } from '../passwords/index.ts';
import type { PasswordCheck, VersionedUser } from './user.ts';
import type { UserStore } from './user_store.ts';

/** Password of the administrator of a development server. */
export const DEVELOPMENT_PASSWORD = 'changeme';

/** Passwords of the users that `npm start` and the demo create. */
const DEMO_PASSWORDS: Readonly<Record<string, string>> = {
  ana: 'ana-development-password',
  ben: 'ben-development-password',
};

const ALL = new Set([DEVELOPMENT_PASSWORD, ...Object.values(DEMO_PASSWORDS)]);
/** Number of accounts that are checked at the same time. The hasher also limits its own work. */
const BATCH = 8;
/** Maximum number of names in one error message. */
const MAX_NAMED = 10;

/**
 * Returns `true` if a password is published in the documentation or in the source of this server.
 */
export function isDevelopmentPassword(password: string): boolean {
  return ALL.has(password.normalize('NFKC'));
}

/**
 * Checks a password in clear text for development passwords, and returns the result to store with
 * its hash.
 */
export function checkDevelopmentPassword(password: string, passwordHash: string): PasswordCheck {
  return {
    of: digestOf(passwordHash),
    isDevelopmentPassword: isDevelopmentPassword(password),
  };
}

/**
 * `true` if the stored result says that the account has a development password. Computes no hash.
 */
export function isKnownToHaveDevelopmentPassword(
  user: Pick<VersionedUser, 'vetting' | 'passwordHash'>,
): boolean {
  return hasCurrentCheck(user) && user.vetting?.isDevelopmentPassword === true;
}

/** Finds accounts with a published password before the server starts in production. */
export class DevelopmentPasswordCheck {
  readonly #store: Pick<UserStore, 'list' | 'update'>;
  readonly #hasher: Pick<PasswordHasher, 'verify'>;
  readonly #logger: Pick<Logger, 'info'>;

  constructor(deps: {
    readonly store: Pick<UserStore, 'list' | 'update'>;
    readonly hasher: Pick<PasswordHasher, 'verify'>;
    readonly logger: Pick<Logger, 'info'>;
  }) {
    this.#store = deps.store;
    this.#hasher = deps.hasher;
    this.#logger = deps.logger;
  }

  /**
   * Refuses the start in production if an enabled account has a development password. If an older
   * build wrote the password of an account, the check costs one or two hashes, only once: for
   * `changeme`, and for the password of a demo user if the account has the name of one.
   * @throws Error caused by a ConfigError when an enabled account has a development password
   */
  async run(): Promise<void> {
    const enabled = (await this.#store.list()).filter((user) => user.enabled);
    const unvetted = enabled.filter((user) => !hasCurrentCheck(user));
    if (unvetted.length > MAX_NAMED) {
      this.#logger.info(`Checking ${unvetted.length} accounts once for development passwords`);
    }
    const found = enabled.filter(isKnownToHaveDevelopmentPassword);
    for (let begin = 0; begin < unvetted.length; begin += BATCH) {
      const batch = unvetted.slice(begin, begin + BATCH);
      const results = await Promise.all(batch.map((user) => this.#vetByHash(user)));
      found.push(...batch.filter((_, index) => results[index]));
    }
    if (found.length > 0) throw wellKnownPasswords(found.map(({ username }) => username));
  }

  /**
   * Checks the password of an account by hashing the development passwords, and stores the result.
   * @returns `true` for a development password
   */
  async #vetByHash(user: VersionedUser): Promise<boolean> {
    const isFound = await hasDevelopmentPassword(user, this.#hasher);
    const vetting = { of: digestOf(user.passwordHash), isDevelopmentPassword: isFound };
    // Nothing is stored if the account has changed meanwhile. The next start checks it again.
    await this.#store.update(user, { vetting }, { visibleToSearch: false });
    return isFound;
  }
}

const hasCurrentCheck = ({
  vetting,
  passwordHash,
}: Pick<VersionedUser, 'vetting' | 'passwordHash'>): boolean =>
  vetting?.of === digestOf(passwordHash);

const digestOf = (passwordHash: string): string =>
  createHash('sha256').update(passwordHash).digest('base64url');

async function hasDevelopmentPassword(
  { username, passwordHash }: VersionedUser,
  hasher: Pick<PasswordHasher, 'verify'>,
): Promise<boolean> {
  const demo = Object.hasOwn(DEMO_PASSWORDS, username) ? DEMO_PASSWORDS[username] : undefined;
  for (const password of [DEVELOPMENT_PASSWORD, ...(demo === undefined ? [] : [demo])]) {
    if ((await hasher.verify(password, passwordHash)).ok) return true;
  }
  return false;
}

function wellKnownPasswords(usernames: readonly string[]): Error {
  const named = usernames.slice(0, MAX_NAMED).map((name) => `[${name}]`);
  const others = usernames.length - named.length;
  const who = `${named.join(', ')}${others > 0 ? ` and ${others} others` : ''}`;
  const isOne = usernames.length === 1;
  return new Error(
    `The ${isOne ? 'user' : 'users'} ${who} still ${isOne ? 'has' : 'have'} the development password, which is public. Start once in development mode (--dev) with the same settings, change the password or disable the account, and start in production again. Or use an empty store. xpack.security.initialAdminPassword does not change it`,
    {
      cause: new ConfigError([
        {
          path: 'xpack.security.initialAdminPassword',
          message: 'a development password is in use',
        },
      ]),
    },
  );
}
