import type { Principal } from '@latchkey/core/server';

/**
 * Attributes of a type that are encrypted, and clear attributes that the encryption is bound to.
 */
export interface EncryptedTypeRegistration {
  readonly type: string;
  readonly attributesToEncrypt: readonly string[];
  /** Changing one of these without encrypting again makes the object unreadable, on purpose. */
  readonly attributesToIncludeInAAD: readonly string[];
}

/** A request about encryption keys. */
export interface KeyAdministrationEvent {
  readonly principal: Principal;
  readonly action: 'encryption_key_rotate' | 'encryption_key_usage';
  /** `unknown`: about to start. Reported first, so that a crash cannot hide the request. */
  readonly outcome: 'unknown' | 'success' | 'failure';
  readonly message: string;
  /** Code of the failure. */
  readonly errorCode?: string;
}

/** Setup contract of encrypted saved objects. */
export interface EncryptedSavedObjectsSetup {
  /**
   * Subscribes to the administration of keys. For the audit log, whose plugin starts after this
   * one, because keys are verified before any other write.
   */
  onKeyAdministration(listener: (event: KeyAdministrationEvent) => void): void;
  /** Call in `setup`. @throws Error when the type is registered twice, or after start */
  registerType(registration: EncryptedTypeRegistration): void;
}

/** Start contract of encrypted saved objects. */
export interface EncryptedSavedObjectsStart {
  /**
   * A keyed hash (HMAC-SHA-256, base64url) with a secret of the store. The secret stays the same
   * when the encryption key changes. For names in logs and deterministic ids that cannot be
   * reversed by guessing.
   */
  keyedHash(purpose: string, value: string): string;
  /**
   * Number of objects encrypted with a key other than the primary one. 0: old keys may be retired.
   */
  countObjectsWithOldKeys(): Promise<number>;
}
