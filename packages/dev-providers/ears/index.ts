export type { EarsEmulator, EarsEmulatorOptions } from './ears_emulator.ts';
export { startEars } from './ears_emulator.ts';
export type { EarsErrorCode } from './ears_error.ts';
export type { EarsProvider } from './ears_provider.ts';
export type { EarsSettings } from './routes.ts';
