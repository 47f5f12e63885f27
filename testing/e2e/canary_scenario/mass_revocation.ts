import { waitUntil } from '@latchkey/core/server/wait_until';
import { z } from 'zod';
import { connect } from './grants.ts';
import type { Scenario } from './scenario.ts';

const JOBS = '/api/actions/grants/_revoke';
const TASK_TIMEOUT_MS = 240_000;
const grants = z.object({
  grants: z.array(z.object({ profile_uid: z.string(), username: z.string() })),
});
const progress = z.object({ ended: z.number(), state: z.string() });

/**
 * Revokes one user's grant as an administrator, then all grants, while the provider is unavailable.
 */
export async function revokeGrants(scenario: Scenario, connector: string): Promise<void> {
  const { admin, ana, ben, providers, first: server } = scenario.environment;
  for (const user of [ana, ben]) await connect(scenario, user, connector);
  const path = `/api/actions/connector/${connector}/grants`;
  const listed = grants.parse(await admin.json(server, `GET ${path}`)).grants;
  const bens = listed.find(({ username }) => username === 'ben')?.profile_uid;
  await admin.json(server, `DELETE ${path}/${bens}`);
  await connect(scenario, ben, connector);

  providers.google.failNext({
    endpoint: 'revoke',
    times: 1000,
    fault: { kind: 'status', status: 503 },
  });
  const scope = { type: 'connector', connector_id: connector };
  await admin.json(server, `POST ${JOBS}`, { scope, dry_run: true });
  const begun = await admin.json(server, `POST ${JOBS}`, { scope });
  const { id } = z.object({ id: z.string() }).parse(begun);
  // The job must be completed, so that the cancellation below is always refused.
  await waitUntil('the local end of both grants', async () => {
    const { ended, state } = progress.parse(await admin.json(server, `GET ${JOBS}/${id}`));
    return ended === 2 && state === 'completed';
  });
  await untilStored(scenario, 'actions:oauth_revocation_job');
  // At this moment the tokens to revoke are stored only in the outbox.
  await scenario.recordStore();
  await admin.json(server, `GET ${JOBS}`);
  await admin.call(server, `POST ${JOBS}/${id}/_cancel`);
  providers.google.clearFaults();
}

/**
 * Disables Ben while his provider does not respond. Then the access of all other users is checked
 * again.
 */
export async function disableUser(scenario: Scenario, connector: string): Promise<void> {
  const { admin, ben, providers, first: server } = scenario.environment;
  await connect(scenario, ben, connector);
  providers.google.failNext({ endpoint: 'revoke', times: 10, fault: { kind: 'hang' } });
  await admin.json(server, 'POST /internal/security/users/ben/_disable');
  await untilStored(scenario, 'actions:revoke_grants_of_user');
  await untilStored(scenario, 'actions:check_access_of_user', () =>
    admin.json(server, 'PUT /api/security/role/connector_user', {
      kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }],
    }),
  );
  providers.google.clearFaults();
}

/**
 * Waits until a task of this type was seen in the store.
 * @param again called before each observation
 */
async function untilStored(
  { tasks, recordTasks }: Scenario,
  taskType: string,
  again: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  await waitUntil(
    `a stored task of type ${taskType}`,
    async () => {
      await again();
      await recordTasks();
      return [...tasks.values()].some(({ attributes }) => attributes['taskType'] === taskType);
    },
    { timeoutMs: TASK_TIMEOUT_MS },
  );
}
