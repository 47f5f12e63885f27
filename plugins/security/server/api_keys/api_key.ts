import type { RoleDescriptors } from '../../common/index.ts';

/** A key that acts as its owner. */
export interface ApiKey {
  /** Public half. */
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  /** `undefined`: lives as long as its owner. */
  readonly expiresAt: Date | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Empty: not restricted. */
  readonly roleDescriptors: RoleDescriptors;
  /**
   * The owner's key epoch when this key was created; `undefined`: before the owner's first epoch.
   */
  readonly epoch: string | undefined;
  readonly createdAt: Date;
}
