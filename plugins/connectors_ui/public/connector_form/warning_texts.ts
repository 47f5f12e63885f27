import { defineMessages } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';
import type { FieldIssue } from './validate_values.ts';

/** Texts by code of a warning that the server finds before a connector is saved. */
const texts: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  public_base_url_missing: {
    id: 'connectorsUi.warning.publicBaseUrlMissing',
    defaultMessage:
      'Nobody can connect an account yet, because this server does not know its own address. Ask the operator to set server.publicBaseUrl.',
  },
  ears_unavailable: {
    id: 'connectorsUi.warning.earsUnavailable',
    defaultMessage:
      'This way to authenticate is not available on this server. Ask the operator to set xpack.actions.auth.ears.url, or choose another way.',
  },
  api_host_not_allowed: {
    id: 'connectorsUi.warning.apiHostNotAllowed',
    defaultMessage:
      'Every action will fail, because this server may not reach {host}. Ask the operator to add it to xpack.actions.allowedHosts.',
  },
  unencrypted: {
    id: 'connectorsUi.warning.unencrypted',
    defaultMessage:
      'Requests to this address are not encrypted. Only development servers accept http. Use https for production.',
  },
  revocation_unknown: {
    id: 'connectorsUi.warning.revocationUnknown',
    defaultMessage:
      'Without a revocation URL, disconnecting deletes the tokens here, but the authorization stays valid at the provider.',
  },
  revocation_unsupported: {
    id: 'connectorsUi.warning.revocationUnsupported',
    defaultMessage:
      '{provider} cannot revoke an authorization for this server. Disconnecting deletes the tokens here, but the authorization stays valid there until it expires or the user removes it.',
  },
  revocation_offered: {
    id: 'connectorsUi.warning.revocationOffered',
    defaultMessage:
      'The metadata of the issuer names a revocation endpoint. Enter it here, so that disconnecting also ends the authorization at the provider.',
  },
  offline_parameter_missing: {
    id: 'connectorsUi.warning.offlineParameterMissing',
    defaultMessage:
      '{provider} gives access for a short time only. Then users have to connect again. Add {parameters} to this address.',
  },
  offline_scope_missing: {
    id: 'connectorsUi.warning.offlineScopeMissing',
    defaultMessage:
      'The provider offers the scope {scope}. Without it users may have to connect again each time the access token expires.',
  },
  other_path: {
    id: 'connectorsUi.warning.otherPath',
    defaultMessage:
      'The metadata of the issuer names another path on this host. Check that this path is correct.',
  },
  shared_callback: {
    id: 'connectorsUi.warning.sharedCallback',
    defaultMessage:
      'All providers share one redirect URI on this server. Connecting succeeds only if the provider names itself in its response, and its metadata does not promise that. If connecting fails, an operator who trusts the provider can add {origin} to xpack.actions.auth.oauth_authorization_code.sharedRedirectUriOrigins.',
  },
});

/** Text of a warning. For a code that only the server knows, it is the server's text. */
export function warningText(intl: IntlShape, { code, message, params }: FieldIssue): string {
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (text === undefined) return message ?? code;
  return intl.formatMessage(text, params);
}
