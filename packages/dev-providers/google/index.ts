export type { GoogleClient } from './clients.ts';
export { earsGoogleClient } from './clients.ts';
export type { GoogleEmulator, GoogleEmulatorOptions } from './google_emulator.ts';
export { startGoogle } from './google_emulator.ts';
export type { GoogleSettings, GrantFilter } from './google_grants.ts';
