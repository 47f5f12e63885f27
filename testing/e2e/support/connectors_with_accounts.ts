import { connectorSpecs } from '@latchkey/connector-specs';
import { type AccountCall, loadFixtures } from '@latchkey/connector-specs/contract_fixtures';
import { isProviderName, type ProviderName } from '@latchkey/oauth-providers';

/**
 * The call that returns the caller's account at the API of a connector type, and the origins to
 * which the connector sends requests.
 */
export interface ConnectorWithAccounts extends AccountCall {
  readonly connectorTypeId: string;
  readonly provider: ProviderName;
  readonly origins: readonly string[];
}

/**
 * Returns the body of a provider's response at this path, which names the account. `{}`: no account
 * call uses this path.
 */
export function bodyFor(provider: ProviderName, path: string, account: string): object {
  const call = ACCOUNT_CALLS.find((each) => each.provider === provider && each.path === path);
  return call?.body(account) ?? {};
}

/** The account call of each connector type whose users authorize at a known provider. */
export const ACCOUNT_CALLS: readonly ConnectorWithAccounts[] = (
  await Promise.all(connectorSpecs.map(callOf))
).filter((call) => call !== undefined);

async function callOf(
  spec: (typeof connectorSpecs)[number],
): Promise<ConnectorWithAccounts | undefined> {
  const { accountCall } = await loadFixtures(spec);
  const { metadata, provider, apiOrigins = [] } = spec;
  if (accountCall === undefined || typeof provider !== 'string' || !isProviderName(provider))
    return undefined;
  const origins = apiOrigins.filter((origin) => !origin.includes('{'));
  return { origins, ...accountCall, connectorTypeId: metadata.id, provider };
}
