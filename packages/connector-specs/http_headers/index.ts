export {
  headerCredential,
  isApiKeyHeader,
  isAuthorizationHeaderValue,
  isConnectionHeader,
  isCredentialHeader,
  isHeaderName,
  isHeaderValue,
  normalizeAuthorizationHeaderValue,
} from './header_rules.ts';
