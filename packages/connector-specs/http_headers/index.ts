export {
  isAuthorizationHeaderValue,
  normalizeAuthorizationHeaderValue,
} from './authorization_header.ts';
export {
  headerCredential,
  isApiKeyHeader,
  isConnectionHeader,
  isCredentialHeader,
  isHeaderName,
  isHeaderValue,
} from './header_rules.ts';
