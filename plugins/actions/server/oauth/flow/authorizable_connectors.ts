import { HttpError, type Principal } from '@latchkey/core/server';
import { EgressError } from '@latchkey/egress/errors';
import type { AccessControl } from '../../audit/index.ts';
import {
  type ConnectorLookup,
  type ConnectorReader,
  connectorNotFound,
  type DecryptedConnector,
} from '../../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClient,
  type ProviderClientFactory,
} from '../strategies/index.ts';
import { FlowError } from './flow_error.ts';

/** A connector that exists. Its secrets may be unreadable. */
export type ExistingConnector = Exclude<ConnectorLookup, { readonly kind: 'missing' }>;

/** A connector, and the client with which it is registered at the authorization server. */
export interface AuthorizableConnector {
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
}

/** Reads connectors that users can authorize, and checks which users may authorize them. */
export class AuthorizableConnectors {
  readonly #connectors: ConnectorReader;
  readonly #clients: Pick<ProviderClientFactory, 'forConnector'>;
  readonly #access: AccessControl;

  constructor(services: {
    readonly connectors: ConnectorReader;
    readonly clients: Pick<ProviderClientFactory, 'forConnector'>;
    readonly access: AccessControl;
  }) {
    this.#connectors = services.connectors;
    this.#clients = services.clients;
    this.#access = services.access;
  }

  /**
   * Checks that the principal may authorize the connector.
   * @returns profile uid of the user who will own the authorization
   * @throws HttpError 401, 403; FlowError `api_key_not_allowed`
   */
  async ensureMayAuthorize(principal: Principal, connectorId: string): Promise<string> {
    if (principal.user === undefined) throw new HttpError(401, 'Sign in to authorize a connector.');
    if (isApiKey(principal)) {
      const errorCode = 'api_key_not_allowed';
      const event = { operation: 'execute-oauth', outcome: 'failure', connectorId } as const;
      this.#access.record(principal, { ...event, errorCode });
      throw new FlowError(errorCode);
    }
    await this.#access.ensure(principal, 'execute-oauth', connectorId);
    return principal.user.profileUid;
  }

  /**
   * Reads a connector with per-user authorization and its client, and checks both.
   * @throws ConnectorError `not_found`
   * @throws FlowError `endpoint_not_allowed`
   * @throws ConnectorConfigurationError for example `not_oauth`
   */
  async open(
    { spaceId }: Pick<Principal, 'spaceId'>,
    connectorId: string,
  ): Promise<AuthorizableConnector> {
    return this.openFound(await this.find(connectorId, spaceId));
  }

  /**
   * Checks a connector that the request has already read, as {@link open} does.
   * @throws the errors of {@link open}, except `not_found`
   */
  openFound(found: ExistingConnector): AuthorizableConnector {
    if (found.kind === 'unreadable') throw found.reason;
    const { connector } = found;
    const { id: connectorId } = connector;
    if (connector.authMode !== 'per-user') {
      throw new ConnectorConfigurationError(
        'not_oauth',
        connectorId,
        `Connector [${connectorId}] uses no per-user authorization, so there is nothing to authorize.`,
      );
    }
    const client = this.#clients.forConnector(connector);
    ensureEndpointsAllowed(client);
    return { connector, client };
  }

  /**
   * Reads a connector, even if its secrets are unreadable.
   * @throws ConnectorError `not_found`
   */
  async find(connectorId: string, spaceId: string): Promise<ExistingConnector> {
    const found = await this.#connectors.find(connectorId, spaceId);
    if (found.kind === 'missing') throw connectorNotFound(connectorId);
    return found;
  }
}

/**
 * Returns `true` if the principal uses an API key. An authorization needs a user with a browser.
 * The holder of an API key may use the grants of its owner, but must not choose the account for
 * them.
 */
export function isApiKey({ user }: Pick<Principal, 'user'>): boolean {
  return user?.authenticationType === 'api_key';
}

function ensureEndpointsAllowed(client: ProviderClient): void {
  try {
    client.ensureEndpointsAllowed();
  } catch (error) {
    if (error instanceof EgressError) throw new FlowError('endpoint_not_allowed', { cause: error });
    throw error;
  }
}
