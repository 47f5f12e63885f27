import type { AuthenticatedUser, AuthenticationType, Randomness } from '@latchkey/core/server';

/** Result of the check for development passwords, which is stored with a password hash. */
export interface PasswordCheck {
  /**
   * SHA-256 of the password hash that was checked. If it does not match the stored hash, an older
   * build has changed the password since.
   */
  readonly of: string;
  readonly isDevelopmentPassword: boolean;
}

/** A stored user. */
export interface User {
  readonly username: string;
  /** Id of the account, which never changes. A later account with the same name gets another id. */
  readonly profileUid: string;
  readonly passwordHash: string;
  /**
   * Result of the check for development passwords. It may belong to an earlier hash. `undefined`:
   * an older build wrote the account.
   */
  readonly vetting?: PasswordCheck | undefined;
  /** Random value. Changing it ends every session of the user. */
  readonly sessionEpoch: string;
  /**
   * Random value. Changing it ends every API key of the user. `undefined`: it was never changed.
   */
  readonly apiKeyEpoch: string | undefined;
  readonly roles: readonly string[];
  /** `undefined`: the user has no full name. */
  readonly fullName: string | undefined;
  /** `undefined`: the user has no email address. */
  readonly email: string | undefined;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** `false`: the user cannot sign in, and no background work runs in the user's name. */
  readonly enabled: boolean;
}

/** A stored user with the version that a compare-and-set needs. */
export interface VersionedUser extends User {
  readonly version: string;
}

/** Converts a stored user to the form that requests and background work use. */
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

/** Creates a profile id in Kibana's format. */
export function newProfileUid(randomness: Pick<Randomness, 'bytes'>): string {
  return `u_${randomness.bytes(32).toString('base64url')}_0`;
}
