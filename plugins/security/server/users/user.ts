import type { AuthenticatedUser, AuthenticationType, Randomness } from '@latchkey/core/server';

/** Stored beside a password hash: the result of the check for development passwords. */
export interface PasswordVetting {
  /**
   * SHA-256 of the checked password hash. If it does not match the stored hash, an older build has
   * changed the password.
   */
  readonly of: string;
  readonly isDevelopmentPassword: boolean;
}

/** A stored user. */
export interface User {
  readonly username: string;
  /**
   * Id of the account, which never changes. A later account with the same name gets another one.
   */
  readonly profileUid: string;
  readonly passwordHash: string;
  /** May belong to an earlier hash. `undefined`: an older build wrote the account. */
  readonly vetting?: PasswordVetting | undefined;
  /** Random. A new value ends every session of the user. */
  readonly sessionEpoch: string;
  /** Random. A new value ends every API key of the user. `undefined`: never changed. */
  readonly apiKeyEpoch: string | undefined;
  readonly roles: readonly string[];
  /** `undefined`: none. */
  readonly fullName: string | undefined;
  /** `undefined`: none. */
  readonly email: string | undefined;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** A disabled user cannot sign in, and no background work runs on their behalf. */
  readonly enabled: boolean;
}

/** A stored user with the version for compare-and-set. */
export interface VersionedUser extends User {
  readonly version: string;
}

/** The user as requests and background work see it. */
export function toAuthenticatedUser(
  user: User,
  authenticationType: AuthenticationType,
  apiKey?: { readonly id: string; readonly name: string },
): AuthenticatedUser {
  return {
    username: user.username,
    profileUid: user.profileUid,
    roles: user.roles,
    authenticationType,
    ...(user.fullName === undefined ? {} : { fullName: user.fullName }),
    ...(user.email === undefined ? {} : { email: user.email }),
    ...(apiKey === undefined ? {} : { apiKeyId: apiKey.id, apiKeyName: apiKey.name }),
  };
}

/** A new profile id in Kibana's format. */
export function newProfileUid(randomness: Pick<Randomness, 'bytes'>): string {
  return `u_${randomness.bytes(32).toString('base64url')}_0`;
}
