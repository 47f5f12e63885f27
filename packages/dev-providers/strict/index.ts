export type { StrictClient } from './clients.ts';
export { strictClients } from './clients.ts';
export type { StrictSettings } from './provider_configuration.ts';
export type { StrictStandIn, StrictStandInOptions } from './strict_stand_in.ts';
export { startStrict } from './strict_stand_in.ts';
