export { PasswordHasher, type ScryptCost } from './password_hasher.ts';
export { newPassword, presentedPassword } from './password_schema.ts';
export { VerifiedPasswords } from './verified_passwords.ts';
