export type { WalkOptions } from './browser/index.ts';
export { CookieJar, WalkError, walkConsent } from './browser/index.ts';
export type { Fault, FaultPlan, RequestFilter, RequestRecord } from './faults/index.ts';
export { fingerprint } from './faults/index.ts';
export type {
  AccessTokenFilter,
  GoogleClient,
  GoogleSettings,
  GoogleStandIn,
  GoogleStandInOptions,
} from './google/index.ts';
export { startGoogle } from './google/index.ts';
export type { Person, PersonId } from './people.ts';
export { emailOf, people } from './people.ts';
