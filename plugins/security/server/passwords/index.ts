export { PasswordHasher, type ScryptCost } from './password_hasher.ts';
export { VerifiedPasswords } from './verified_passwords.ts';
