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
  MAX_CREDENTIAL_LENGTH,
} from './header_rules.ts';
