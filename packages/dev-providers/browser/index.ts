export { CookieJar } from './cookie_jar.ts';
export type { FormButton, PageForm } from './parse_forms.ts';
export { parseForms } from './parse_forms.ts';
export type { PostedForm, WalkOptions } from './walk_consent.ts';
export { WalkError, walkConsent, walkConsentToForm } from './walk_consent.ts';
