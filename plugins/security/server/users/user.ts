import type { AuthenticatedUser, AuthenticationType, Randomness } from '@latchkey/core/server';

/** Stored beside a password hash: whether it is the hash of a development password. */
export interface PasswordVetting {
  /** SHA-256 of the password hash that was vetted; older builds change that hash alone. */
  readonly of: string;
  readonly isDevelopmentPassword: boolean;
}

/** A person as stored. */
export interface User {
  readonly username: string;
  /** Stable for the life of the account; a later account of the same name gets another one. */
  readonly profileUid: string;
  readonly passwordHash: string;
  /** May belong to an earlier hash. `undefined`: an older build wrote the account. */
  readonly vetting?: PasswordVetting | undefined;
  /** Random; changes when every session of this person must end. */
  readonly sessionEpoch: string;
  /** Random. A new value ends every API key of the user. `undefined`: never changed. */
  readonly apiKeyEpoch: string | undefined;
  readonly roles: readonly string[];
  readonly fullName: string | undefined;
  readonly email: string | undefined;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** A disabled person cannot sign in, and nothing runs in their name. */
  readonly enabled: boolean;
}

/** A stored person with the version to write it back against. */
export interface VersionedUser extends User {
  readonly version: string;
}

/** The person as requests and background work see them. */
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

/** A new profile id in Kibana's form. */
export function newProfileUid(randomness: Pick<Randomness, 'bytes'>): string {
  return `u_${randomness.bytes(32).toString('base64url')}_0`;
}
