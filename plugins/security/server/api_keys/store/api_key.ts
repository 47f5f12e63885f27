import type { RoleDescriptors } from '../../../common/index.ts';

/** A key that acts as its owner. */
export interface ApiKey {
  /** Public part of the key. */
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  /** Expiry of the key. `undefined`: the key does not expire. */
  readonly expiresAt: Date | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Restriction of the privileges of the owner. Empty: not restricted. */
  readonly roleDescriptors: RoleDescriptors;
  /**
   * The owner's key epoch when this key was created. `undefined`: created before the first epoch.
   */
  readonly epoch: string | undefined;
  readonly createdAt: Date;
}
