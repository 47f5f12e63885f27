import type { Who } from './failure_words.ts';

const ADMINISTRATOR: ReadonlySet<string> = new Set([
  'client_rejected',
  'connector_misconfigured',
  'ears_disabled',
  'ears_not_configured',
  'endpoint_not_allowed',
  'issuer_mismatch',
  'issuer_unknown',
  'not_permitted',
  'provider_rejected_request',
  'public_base_url_missing',
  'request_rejected',
  'response_malformed',
  'wrong_provider',
  'wrong_response_mode',
]);

const NOBODY: ReadonlySet<string> = new Set([
  'account_kept',
  'connector_deleted',
  'nothing_to_decide',
  'provider_unavailable',
  'server_unreachable',
  'state_used',
  'store_unavailable',
  'unexpected',
]);

/** Group that must act on an error code. */
export function whoActs(code: string): Who {
  if (ADMINISTRATOR.has(code)) return 'administrator';
  return NOBODY.has(code) ? 'nobody' : 'you';
}
