export { CookieJar } from './cookie_jar.ts';
export type { WalkOptions } from './walk_consent.ts';
export { WalkError, walkConsent } from './walk_consent.ts';
