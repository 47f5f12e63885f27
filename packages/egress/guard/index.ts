export { compileHostOverrides } from './host_overrides.ts';
export { compileHostRules, normalizeHost } from './host_rules.ts';
export { createPinnedLookup } from './pinned_lookup.ts';
export type { Route, Target } from './url_guard.ts';
export { UrlGuard } from './url_guard.ts';
