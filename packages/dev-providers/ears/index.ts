export type { EarsErrorCode } from './ears_error.ts';
export type { EarsProvider } from './ears_provider.ts';
export type { EarsStandIn, EarsStandInOptions } from './ears_stand_in.ts';
export { startEars } from './ears_stand_in.ts';
export type { EarsSettings } from './routes.ts';
