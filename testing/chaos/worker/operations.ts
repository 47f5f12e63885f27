import { setTimeout as delay } from 'node:timers/promises';
import type { DecryptedConnector } from '../../../plugins/actions/server/connector_data/index.ts';
import type { RevocationScope } from '../../../plugins/actions/server/oauth/mass_revocation/index.ts';
import type { ProviderClient } from '../../../plugins/actions/server/oauth/strategies/index.ts';
import { grantId } from '../../../plugins/actions/server/oauth/tokens/grants/grant_key.ts';
import { CANARY } from '../chaos_settings.ts';
import type { Connection } from '../history/events.ts';
import type { Observation } from './protocol.ts';
import type { Stack } from './stack.ts';

const SAVE_PAUSES_MS = [50, 200, 800];

/**
 * The callback of the authorization flow: exchanges the code, checks that the connector is still
 * the one it was made for, and saves.
 * @returns the family that the provider issued
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

/**
 * Moves the connector to another client; all its grants are ended and revoked at the earlier
 * client.
 */
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

/**
 * An administrator revokes many grants: of a user, of a connector, or all. Resolves when the job
 * has finished.
 */
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
  if (now.state === 'running' || counts.failed > 0) throw new Error('the job has not finished');
}

/** The status of these connections according to this process. */
export async function observe(
  stack: Stack,
  connections: readonly Connection[],
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const { user, connector } of connections) {
    const key = { scope: 'per-user', connectorId: connector, profileUid: user } as const;
    const views = await stack.tokens.connections.ofUser(user, [{ id: connector }]);
    const view = views.get(connector);
    observations.push({
      status: view?.status ?? 'unknown',
      lastError: view?.lastError?.code,
      inOutbox: await stack.hasOutboxEntry(grantId(key)),
    });
  }
  return observations;
}

async function open(
  stack: Stack,
  id: string,
): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
  const connector = await stack.connectors.readDecrypted(id);
  if (connector === undefined) throw new Error('the connector was not found');
  return { connector, client: stack.clients.forConnector(connector) };
}
