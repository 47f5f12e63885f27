import type { RoleDescriptors } from '../../../common/index.ts';

/** A key that acts as its owner. */
export interface ApiKey {
  /** Id of the key, which is not secret. */
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  /** Expiry of the key. `undefined`: the key does not expire. */
  readonly expiresAt: Date | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Restriction of the owner's privileges. Empty: not restricted. */
  readonly roleDescriptors: RoleDescriptors;
  /**
   * The owner's key epoch when this key was created. The key is valid only while the owner has this
   * epoch. `undefined`: the owner had no epoch yet.
   */
  readonly epoch: string | undefined;
  readonly createdAt: Date;
}
