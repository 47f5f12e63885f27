import type { UrlBuilder } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import type { ActionsConfig } from '../config.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import { createCallbackUrl } from './callback_url.ts';
import { ConnectorForms, type ConnectorFormsDeps } from './connector_forms.ts';
import { createFormWarnings } from './form_warnings.ts';

/** Creates {@link ConnectorForms} from the services of connectors and the settings. */
export function createConnectorForms({
  grants,
  urls,
  egress,
  config,
  ...services
}: Omit<ConnectorFormsDeps, 'callbackUrl' | 'countGrants' | 'formWarnings'> & {
  readonly grants: Pick<Tokens['store'], 'count'>;
  readonly urls: UrlBuilder;
  readonly egress: Egress;
  readonly config: ActionsConfig;
}): ConnectorForms {
  const { redirectUri } = config.auth.oauth_authorization_code;
  return new ConnectorForms({
    ...services,
    formWarnings: createFormWarnings({ urls, config, egress }),
    countGrants: (connectorId, clientFingerprint) =>
      grants.count({ usable: { connectorId, clientFingerprint } }),
    callbackUrl: createCallbackUrl(urls, redirectUri),
  });
}
