export { type LoginAttempt, LoginThrottle, type LoginThrottleOptions } from './login_throttle.ts';
export {
  DEFAULT_SCRYPT_COST,
  PasswordHasher,
  type PasswordHasherOptions,
  type ScryptCost,
} from './password_hasher.ts';
export { newPassword, presentedPassword } from './password_schema.ts';
export { VerifiedPasswords } from './verified_passwords.ts';
