export type { ApiResponse } from './api_response/api_response.ts';
export { isRecord, pathSteps, valuesAt } from './api_response/api_response.ts';
export type { ApiSignal } from './api_response/classify_api_response.ts';
export { classifyApiResponse, isTokenRejected } from './api_response/classify_api_response.ts';
export type { MissingScopeRules } from './api_response/needed_scopes.ts';
export {
  hasUnlistedScopes,
  isScopeDescribed,
  isScopeGranted,
  neededScopes,
} from './api_response/needed_scopes.ts';
export { parseRetryAfter, readWait } from './api_response/read_wait.ts';
export type { ResponseRule, WaitSource } from './entry/api_rules.ts';
export { defineProvider, ProviderEntryError } from './entry/define_provider.ts';
export { factsIn } from './entry/grant_fact_rules.ts';
export { matchesHost } from './entry/host_pattern.ts';
export { configValueProblem, ProviderConfigError, resolveProvider } from './entry/placeholders.ts';
export type { ProviderData } from './entry/provider_data.ts';
export { providerDataSchema } from './entry/provider_data.ts';
export type { ProviderDefinition } from './entry/provider_definition.ts';
export { definitionOfData } from './entry/provider_definition.ts';
export type {
  AccessTokenRule,
  ExpiresAtRule,
  GrantFact,
  ProviderEntry,
  ProviderEntryInput,
  ProviderFailureRule,
  ProviderFailures,
  ProviderRevocation,
  ProviderToken,
} from './entry/provider_entry.ts';
export { grantFactIn, isGrantOrigin, resolveGrantOrigin } from './grant_facts/grant_origins.ts';
export type { GrantFactReading, GrantFacts, GrantSite } from './grant_facts/read_grant_facts.ts';
export {
  permittedFacts,
  readGrantFacts,
  readRequestedFacts,
} from './grant_facts/read_grant_facts.ts';
export {
  factsInHeaders,
  resolveHeader,
  type TokenHeader,
  tokenHeader,
  tokenHeaderName,
} from './grant_facts/request_headers.ts';
export type { ProviderName } from './providers/index.ts';
export {
  isProviderName,
  providerOfAuthorizationHost,
  providerOfTokenHost,
  providers,
} from './providers/index.ts';
