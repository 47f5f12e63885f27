import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { TypeRegistry } from '../../connector_types/index.ts';
import type { ConnectionView, DecryptedConnector } from '../../types.ts';
import { type FlowDeps, openForAuthorization } from '../flow/index.ts';
import type { Connections } from '../tokens/index.ts';
import { type DescribedScope, describeScopes } from './scope_words.ts';

/** Dependencies of the confirmation page. */
export interface ConfirmationDeps extends FlowDeps {
  readonly types: Pick<TypeRegistry, 'get' | 'describeOAuth'>;
  readonly connections: Pick<Connections, 'ofUser'>;
}

/** Facts that a user must know before going to the provider. */
export interface ConfirmationFacts {
  readonly user: AuthenticatedUser;
  readonly connector: DecryptedConnector;
  readonly typeName: string;
  /** Host where the user signs in and consents. */
  readonly provider: string;
  /** Host that receives the tokens, if it is another one: the token endpoint, or EARS. */
  readonly tokensVia: string | undefined;
  /** Hosts to which calls send the user's tokens. `undefined`: any host this server may call. */
  readonly apiHosts: readonly string[] | undefined;
  readonly scopes: readonly DescribedScope[];
  /** The current connection. */
  readonly connection: ConnectionView | undefined;
}

/** Collects the facts of the page. @throws the errors of a start, except the rate limit */
export async function collectFacts(
  principal: Principal & { readonly user: AuthenticatedUser },
  connectorId: string,
  deps: ConfirmationDeps,
): Promise<ConfirmationFacts> {
  const { connector, client } = await openForAuthorization(principal, connectorId, deps);
  const { user } = principal;
  const { id, version, connectorTypeId, config } = connector;
  const connections = await deps.connections.ofUser(user.profileUid, [{ id, version }]);
  const origins = deps.types.describeOAuth(connectorTypeId).apiOrigins(config);
  return {
    user,
    connector,
    typeName: deps.types.get(connectorTypeId).name,
    ...providerOf(client.configuration),
    apiHosts: origins?.map(hostOf),
    scopes: describeScopes(client.configuration),
    connection: connections.get(id),
  };
}

function providerOf(
  configuration: OAuthClientConfiguration,
): Pick<ConfirmationFacts, 'provider' | 'tokensVia'> {
  const { displayName: provider, tokenEndpoint } = dialectOf(configuration);
  const tokens = hostOf(tokenEndpoint);
  return { provider, tokensVia: tokens === provider ? undefined : tokens };
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
