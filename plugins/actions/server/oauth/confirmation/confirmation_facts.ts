import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { TypeRegistry } from '../../connector_types/index.ts';
import type { ConnectionView, DecryptedConnector } from '../../types.ts';
import { type FlowDeps, openForAuthorization } from '../flow/index.ts';
import type { Connections } from '../tokens/index.ts';
import { type ScopeInWords, scopesInWords } from './scope_words.ts';

/** What the confirmation page works with. */
export interface ConfirmationDeps extends FlowDeps {
  readonly types: Pick<TypeRegistry, 'get' | 'describeOAuth'>;
  readonly connections: Pick<Connections, 'ofPerson'>;
}

/** What a user has to know before they go to the provider. */
export interface ConfirmationFacts {
  readonly user: AuthenticatedUser;
  readonly connector: DecryptedConnector;
  readonly typeName: string;
  /** Where the user signs in and agrees. */
  readonly provider: string;
  /** Who gets the tokens first, when that is another host: the token endpoint, or EARS. */
  readonly tokensVia: string | undefined;
  /** Hosts that calls carry the user's tokens to. `undefined`: any host this server may call. */
  readonly apiHosts: readonly string[] | undefined;
  readonly scopes: readonly ScopeInWords[];
  /** The connection as it is now. */
  readonly connection: ConnectionView | undefined;
}

/** @throws what a start would be refused with, the rate limit excepted */
export async function collectFacts(
  principal: Principal & { readonly user: AuthenticatedUser },
  connectorId: string,
  deps: ConfirmationDeps,
): Promise<ConfirmationFacts> {
  const { connector, client } = await openForAuthorization(principal, connectorId, deps);
  const { user } = principal;
  const { id, version, connectorTypeId, config } = connector;
  const connections = await deps.connections.ofPerson(user.profileUid, [{ id, version }]);
  const origins = deps.types.describeOAuth(connectorTypeId).apiOrigins(config);
  return {
    user,
    connector,
    typeName: deps.types.get(connectorTypeId).name,
    ...providerOf(client.configuration),
    apiHosts: origins?.map(hostOf),
    scopes: scopesInWords(client.configuration),
    connection: connections.get(id),
  };
}

function providerOf(
  configuration: OAuthClientConfiguration,
): Pick<ConfirmationFacts, 'provider' | 'tokensVia'> {
  if (configuration.dialect === 'ears') {
    const { provider, baseUrl } = configuration;
    const name = `${provider.charAt(0).toUpperCase()}${provider.slice(1)}`;
    return { provider: name, tokensVia: hostOf(baseUrl) };
  }
  const provider = hostOf(configuration.authorizationEndpoint);
  const tokens = hostOf(configuration.tokenEndpoint);
  return { provider, tokensVia: tokens === provider ? undefined : tokens };
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
