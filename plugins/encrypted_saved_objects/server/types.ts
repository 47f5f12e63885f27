import type { Principal } from '@latchkey/core/server';

/** Encrypted attributes of a type, and unencrypted attributes to which the encryption is bound. */
export interface EncryptedTypeRegistration {
  readonly type: string;
  readonly attributesToEncrypt: readonly string[];
  /**
   * Unencrypted attributes to which the ciphertext is bound. If one is changed without encrypting
   * again, the object becomes unreadable; this is intended.
   */
  readonly attributesToIncludeInAAD: readonly string[];
}

/** A request about encryption keys. */
export interface KeyAdministrationEvent {
  readonly principal: Principal;
  readonly action: 'encryption_key_rotate' | 'encryption_key_usage';
  /**
   * `unknown`: the request is about to be executed. This is reported first, so that a crash cannot
   * hide the request.
   */
  readonly outcome: 'unknown' | 'success' | 'failure';
  readonly message: string;
  /** Code of the failure. */
  readonly errorCode?: string;
}

/** Setup contract of encrypted saved objects. */
export interface EncryptedSavedObjectsSetup {
  /**
   * Adds a listener for requests about encryption keys. The audit log uses it: its plugin starts
   * after this one, because keys are verified before any other write.
   */
  onKeyAdministration(listener: (event: KeyAdministrationEvent) => void): void;
  /** Call in `setup`. @throws Error when the type is registered twice, or after start */
  registerType(registration: EncryptedTypeRegistration): void;
}

/** Start contract of encrypted saved objects. */
export interface EncryptedSavedObjectsStart {
  /**
   * Keyed hash (HMAC-SHA-256, base64url) with a secret of the store, which does not change with the
   * encryption key. It is for names in logs, and for ids that are derived from values which must
   * not be found out by guessing.
   */
  keyedHash(purpose: string, value: string): string;
  /**
   * Number of objects that are encrypted with a key other than the primary one. 0: old keys may be
   * removed.
   */
  countObjectsWithOldKeys(): Promise<number>;
}
