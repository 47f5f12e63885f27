import type { AuthenticatedUser } from '@latchkey/core/server';
import { dialectOf, hostWithPort, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { TypeRegistry } from '../../connector_types/index.ts';
import type { AuthorizableConnectors, SignedInPrincipal } from '../flow/index.ts';
import { type DescribedScope, describeScopes } from '../scopes/index.ts';
import type { Connections, ConnectionView } from '../tokens/index.ts';

/** Content of the confirmation page, for the decision of the user to continue at the provider. */
export interface ConfirmationContent {
  readonly user: AuthenticatedUser;
  readonly connector: DecryptedConnector;
  readonly typeName: string;
  /** Host at which the user signs in and consents. */
  readonly provider: string;
  /**
   * Host that receives the tokens: of the token endpoint, or of EARS. `undefined`: same as
   * `provider`.
   */
  readonly tokensVia: string | undefined;
  /**
   * Hosts, or patterns of hosts, to which executions send the user's tokens. `undefined`: any host
   * that this server may reach.
   */
  readonly apiHosts: readonly string[] | undefined;
  readonly scopes: readonly DescribedScope[];
  /** Connection that the new authorization would replace. `undefined`: the user has none. */
  readonly connection: ConnectionView | undefined;
}

/** Collects the content of the confirmation page. */
export class ConfirmationContentReader {
  readonly #authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'open'>;
  readonly #types: Pick<TypeRegistry, 'get' | 'describeOAuth'>;
  readonly #connections: Pick<Connections, 'ofUser'>;

  constructor(services: {
    readonly authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'open'>;
    readonly types: Pick<TypeRegistry, 'get' | 'describeOAuth'>;
    readonly connections: Pick<Connections, 'ofUser'>;
  }) {
    this.#authorizable = services.authorizable;
    this.#types = services.types;
    this.#connections = services.connections;
  }

  /**
   * Collects the content for a user and a connector. Writes nothing and counts no attempt, because
   * the user has not confirmed yet.
   * @throws the errors of a start, except for the rate limit
   */
  async read(principal: SignedInPrincipal, connectorId: string): Promise<ConfirmationContent> {
    await this.#authorizable.ensureMayAuthorize(principal, connectorId);
    const { connector, client } = await this.#authorizable.open(principal, connectorId);
    const { user } = principal;
    const { id, version, connectorTypeId, config } = connector;
    const connections = await this.#connections.ofUser(user.profileUid, [{ id, version }]);
    const described = this.#types.describeOAuth(connectorTypeId);
    const origins = described.apiOrigins(config);
    return {
      user,
      connector,
      typeName: this.#types.get(connectorTypeId).name,
      ...providerOf(client.configuration),
      apiHosts: origins && [...origins.map(hostWithPort), ...described.grantHosts(config)],
      scopes: describeScopes(client.configuration),
      connection: connections.get(id),
    };
  }
}

function providerOf(
  configuration: OAuthClientConfiguration,
): Pick<ConfirmationContent, 'provider' | 'tokensVia'> {
  const { displayName: provider, tokenEndpoint } = dialectOf(configuration);
  const tokens = hostWithPort(tokenEndpoint);
  return { provider, tokensVia: tokens === provider ? undefined : tokens };
}
