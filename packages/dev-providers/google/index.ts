export type { GoogleClient } from './clients.ts';
export { earsGoogleClient } from './clients.ts';
export type { GoogleSettings } from './gate.ts';
export type { GoogleStandIn, GoogleStandInOptions } from './google_stand_in.ts';
export { startGoogle } from './google_stand_in.ts';
export type { AccessTokenFilter } from './grant_book.ts';
