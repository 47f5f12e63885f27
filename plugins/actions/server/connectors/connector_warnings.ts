import type { ConnectorSpec } from '@latchkey/connector-specs';
import { dialectOf } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { FormIssue } from '../../common/index.ts';
import type { DecryptedConnector, EndpointRefusalCode } from '../connector_data/index.ts';
import {
  AUTHORIZATION_CODE,
  ConnectorConfigurationError,
  isCheckOf,
  type ProviderClient,
  type ProviderClientFactory,
  sharedCallbackNeed,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import type { ConnectorStore, StoredConnector } from './connector_store.ts';

/**
 * Codes of connectors that an older version saved. They are not used until an administrator
 * corrects them.
 */
const REFUSED: ReadonlySet<string> = new Set<EndpointRefusalCode>([
  'endpoints_not_confirmed',
  'response_mode_refused',
  'response_path_refused',
]);

/** Warnings for an administrator about connectors that work (A20). */
export class ConnectorWarnings {
  readonly #clients: ProviderClientFactory;
  readonly #grants: Pick<Tokens['grants'], 'hasCommonAccount'>;
  readonly #sharedCallbackOrigins: ReadonlySet<string> | undefined;
  readonly #findConnectorType: (connectorTypeId: string) => ConnectorSpec | undefined;

  /**
   * @param of.sharedCallbackOrigins origins of token URLs that are trusted on the callback that all
   *   providers share. `undefined`: each provider has its own callback.
   */
  constructor(
    clients: ProviderClientFactory,
    grants: Pick<Tokens['grants'], 'hasCommonAccount'>,
    {
      sharedCallbackOrigins,
      findConnectorType,
    }: {
      readonly sharedCallbackOrigins: ReadonlySet<string> | undefined;
      readonly findConnectorType: (connectorTypeId: string) => ConnectorSpec | undefined;
    },
  ) {
    this.#clients = clients;
    this.#grants = grants;
    this.#sharedCallbackOrigins = sharedCallbackOrigins;
    this.#findConnectorType = findConnectorType;
  }

  /** Warnings of a connector. Empty for incomplete settings, which executions report. */
  of(connector: DecryptedConnector): readonly string[] {
    if (connector.authType !== AUTHORIZATION_CODE) return [];
    return [
      ...this.#ofClient(connector).map(({ message }) => message),
      ...checkWarnings(connector, this.#findConnectorType(connector.connectorTypeId)),
    ];
  }

  /**
   * As {@link of}, with the field of each warning, and without the warnings of the issuer check.
   */
  ofForm(connector: DecryptedConnector): readonly FormIssue[] {
    return connector.authType === AUTHORIZATION_CODE ? this.#ofClient(connector) : [];
  }

  /**
   * As {@link of}, for a connector whose secrets are not decrypted yet. Empty if the secrets cannot
   * be read.
   */
  async ofStored(
    { authType, id, spaceId }: StoredConnector,
    store: ConnectorStore,
  ): Promise<readonly string[]> {
    if (authType !== AUTHORIZATION_CODE) return [];
    try {
      const connector = await store.readForChange(id, spaceId);
      return connector === undefined ? [] : this.of(connector);
    } catch (error) {
      // The secrets cannot be read. Other fields of the connector report that.
      if (error instanceof SavedObjectError) return [];
      throw error;
    }
  }

  /**
   * Warns that the configured account id may be the same for all users. Then a user who authorizes
   * with another account is not asked (A33), because the server cannot notice the change.
   */
  async ofAccounts({ id, authMode }: StoredConnector): Promise<readonly string[]> {
    if (authMode !== 'per-user' || !(await this.#grants.hasCommonAccount(id))) return [];
    return [
      'Several users have the same account id at the provider. If they do not share one account, [accountIdPath] names a value that is the same for all accounts, and users are not asked when they authorize with another account. Choose a path to the id of the account.',
    ];
  }

  #ofClient(connector: DecryptedConnector): readonly FormIssue[] {
    try {
      const client = this.#clients.forConnector(connector);
      return [
        ...(client.warnings ?? []).map((message) => ({ path: '', code: 'endpoints', message })),
        ...this.#ofCallback(client),
      ];
    } catch (error) {
      if (!(error instanceof ConnectorConfigurationError)) throw error;
      const { code, message } = error;
      return REFUSED.has(code) ? [{ path: '', code, message }] : [];
    }
  }

  /**
   * Warns that a response without `iss` is refused on the shared callback: every attempt would
   * fail, and users would see the text for a wrong provider.
   */
  #ofCallback(client: ProviderClient): readonly FormIssue[] {
    const sharedCallbackOrigins = this.#sharedCallbackOrigins;
    const { registeredClient } = dialectOf(client.configuration);
    if (sharedCallbackOrigins === undefined || registeredClient === undefined) return [];
    if (sharedCallbackNeed(client, sharedCallbackOrigins) !== 'with_issuer') return [];
    const { issuerRequiredInResponse, tokenEndpoint } = registeredClient;
    if (issuerRequiredInResponse === true) return [];
    const origin = URL.parse(tokenEndpoint)?.origin ?? tokenEndpoint;
    return [
      {
        path: '',
        code: 'shared_callback',
        message: `All providers share one redirect URI here, so an authorization succeeds only if the provider names itself in its response (iss, RFC 9207), and its metadata does not promise that. If users see that the response did not come from the provider of this connector, an operator who trusts the provider can add ${origin} to xpack.actions.auth.oauth_authorization_code.sharedRedirectUriOrigins.`,
        params: { origin },
      },
    ];
  }
}

function checkWarnings(
  connector: DecryptedConnector,
  type: ConnectorSpec | undefined,
): readonly string[] {
  const stated = statedIssuer(connector, type);
  const { issuerCheck } = connector;
  if (stated === undefined || !isCheckOf(issuerCheck, stated)) return [];
  return issuerCheck?.warnings ?? [];
}
