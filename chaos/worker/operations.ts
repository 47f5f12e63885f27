import { setTimeout as delay } from 'node:timers/promises';
import type { RevocationScope } from '../../plugins/actions/server/oauth/mass_revocation/index.ts';
import { grantId } from '../../plugins/actions/server/oauth/tokens/grants/grant_key.ts';
import type { DecryptedConnector, ProviderClient } from '../../plugins/actions/server/types.ts';
import { CANARY } from '../chaos_settings.ts';
import type { Connection } from '../history/events.ts';
import type { LivenessVariant } from './protocol.ts';
import type { Stack } from './stack.ts';

const SAVE_PAUSES_MS = [50, 200, 800];

/**
 * The callback of the authorization flow: exchanges the code, makes sure that the connector is still the one it was made for, saves.
 * @returns the family the provider issued
 */
export async function connect(
  stack: Stack,
  { user, connector: id, code }: Connection & { readonly code: string },
): Promise<string | undefined> {
  const { connector, client } = await open(stack, id);
  const grant = await client.exchangeCode({
    code,
    codeVerifier: `${CANARY}-verifier-${'v'.repeat(43)}`,
    redirectUri: 'http://localhost/callback',
  });
  const now = await open(stack, id);
  if (now.client.fingerprint !== client.fingerprint) {
    if (grant.refreshToken !== undefined) await client.revoke(grant.refreshToken, 'refresh_token');
    throw new Error('connector_changed');
  }
  for (const pauseMs of [...SAVE_PAUSES_MS, undefined]) {
    try {
      await stack.tokens.grants.saveGrant({ connector, client, profileUid: user, grant });
      break;
    } catch (error) {
      if (pauseMs === undefined) throw error;
      await delay(pauseMs);
    }
  }
  return grant.providerRequestId;
}

/** Another client asks from now on; everybody's grant ends where it was made. */
export async function editConnector(stack: Stack, id: string, client: string): Promise<void> {
  const { connector } = await open(stack, id);
  const prepared = await stack.connectorRevocation.prepare({
    connector,
    reason: 'connector_changed',
    actor: undefined,
  });
  try {
    await stack.connectors.changeClient(connector, client);
  } catch (error) {
    await stack.connectorRevocation.rollback(prepared);
    throw error;
  }
  await stack.connectorRevocation.commit(prepared);
}

/** An administrator ends many grants: of a person, of a connector, or all. Resolves when they are over. */
export async function massRevoke(
  { revocationJobs }: Stack,
  { user, connector }: Partial<Connection>,
  signal: AbortSignal,
): Promise<void> {
  const scope = (): RevocationScope => {
    if (user !== undefined) return { type: 'user', profileUid: user };
    if (connector !== undefined) return { type: 'connector', connectorId: connector };
    return { type: 'all' };
  };
  const run = await revocationJobs.startJob(scope(), { reason: 'mass_revoke', actor: undefined });
  await revocationJobs.workOn(run.id, signal);
  const { counts, job: now } = await revocationJobs.get(run.id);
  if (now.state === 'running' || counts.failed > 0) throw new Error('the run goes on');
}

/** What this process would tell about these connections. */
export async function look(
  stack: Stack,
  connections: readonly Connection[],
): Promise<LivenessVariant[]> {
  const sights: LivenessVariant[] = [];
  for (const { user, connector } of connections) {
    const key = { scope: 'per-user', connectorId: connector, profileUid: user } as const;
    const views = await stack.tokens.connections.ofUser(user, [{ id: connector }]);
    const view = views.get(connector);
    sights.push({
      status: view?.status ?? 'unknown',
      lastError: view?.lastError?.code,
      inOutbox: await stack.hasOutboxEntry(grantId(key)),
    });
  }
  return sights;
}

async function open(
  stack: Stack,
  id: string,
): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
  const connector = await stack.connectors.readDecrypted(id);
  if (connector === undefined) throw new Error('no connector');
  return { connector, client: stack.clients.forConnector(connector) };
}
