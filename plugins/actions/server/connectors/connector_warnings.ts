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
 * Codes of endpoint problems that are refused today but were accepted by older versions. A
 * connector with such a problem is not used until an administrator corrects it.
 */
const REFUSED: ReadonlySet<string> = new Set<EndpointRefusalCode>([
  'endpoints_not_confirmed',
  'response_mode_refused',
  'response_path_refused',
]);

/** Finds warnings for administrators about connectors that need attention (A20). */
export class ConnectorWarnings {
  readonly #clients: ProviderClientFactory;
  readonly #grants: Pick<Tokens['grants'], 'hasCommonAccount'>;
  readonly #sharedCallbackOrigins: ReadonlySet<string> | undefined;
  readonly #findConnectorType: (connectorTypeId: string) => ConnectorSpec | undefined;

  /**
   * @param of.sharedCallbackOrigins origins of token URLs whose providers may omit the issuer
   * although all providers share one callback. `undefined`: each provider has its own callback
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

  /**
   * Returns the warnings of a connector. Empty for incomplete settings, because executions report
   * those.
   */
  of(connector: DecryptedConnector): readonly string[] {
    if (connector.authType !== AUTHORIZATION_CODE) return [];
    return [
      ...this.#ofClient(connector).map(({ message }) => message),
      ...checkWarnings(connector, this.#findConnectorType(connector.connectorTypeId)),
    ];
  }

  /**
   * Returns the warnings of a connector with the path of their fields, without the warnings of the
   * check of the issuer.
   */
  ofForm(connector: DecryptedConnector): readonly FormIssue[] {
    return connector.authType === AUTHORIZATION_CODE ? this.#ofClient(connector) : [];
  }

  /**
   * Reads the secrets of a connector and returns its warnings as {@link of} does. Empty if the
   * secrets cannot be read.
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
      // Warnings are only advice, so an error of the store must not make the whole read fail.
      if (error instanceof SavedObjectError) return [];
      throw error;
    }
  }

  /**
   * Warns if several users have the same account id, which suggests that the configured path to the
   * id is wrong. Users would then not be asked when they authorize with another account, because
   * the server could not detect the change (A33).
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
   * Warns if all providers share one callback and the metadata does not promise `iss` in responses.
   * The callback refuses responses without `iss`, so every authorization would fail with the
   * message that the response comes from a wrong provider.
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
