import type { Principal } from '@latchkey/core/server';

/** Which attributes of a type are encrypted, and which are bound into the encryption in clear. */
export interface EncryptedTypeRegistration {
  readonly type: string;
  readonly attributesToEncrypt: readonly string[];
  /** Changing one of these without re-encrypting makes the object unreadable, on purpose. */
  readonly attributesToIncludeInAAD: readonly string[];
}

/** A request about encryption keys. */
export interface KeyAdministrationEvent {
  readonly principal: Principal;
  readonly action: 'encryption_key_rotate' | 'encryption_key_usage';
  /** `unknown`: about to start. Written first, so that a crash cannot hide it. */
  readonly outcome: 'unknown' | 'success' | 'failure';
  readonly message: string;
  /** Code of the failure. */
  readonly errorCode?: string;
}

/** What encrypted saved objects offers while plugins set up. */
export interface EncryptedSavedObjectsSetup {
  /**
   * For the audit log. Its plugin starts after this one, because keys are verified before anything
   * else is written.
   */
  onKeyAdministration(listener: (event: KeyAdministrationEvent) => void): void;
  /** Call in `setup`. @throws Error when the type is registered twice, or after start */
  registerType(registration: EncryptedTypeRegistration): void;
}

/** What encrypted saved objects offers once started. */
export interface EncryptedSavedObjectsStart {
  /** A keyed hash (HMAC-SHA-256, base64url) under a key derived from the encryption key: for names in logs and deterministic ids that nobody can guess backwards. */
  keyedHash(purpose: string, value: string): string;
  /** Objects encrypted with a key other than the primary one, counted; 0 when old keys may be retired. */
  countObjectsWithOldKeys(): Promise<number>;
}
