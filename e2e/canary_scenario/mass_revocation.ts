import { z } from 'zod';
import { waitUntil } from '../support/wait_until.ts';
import { connect } from './grants.ts';
import type { Story } from './scenario.ts';

const RUNS = '/api/actions/grants/_revoke';
const TASK_TIMEOUT_MS = 60_000;
const grants = z.object({
  grants: z.array(z.object({ profile_uid: z.string(), username: z.string() })),
});

/** An administrator ends one person's authorization, then everybody's, while the provider is away. */
export async function revokeMany(story: Story, connector: string): Promise<void> {
  const { admin, ana, ben, providers, servers } = story.environment;
  const [server] = servers;
  for (const user of [ana, ben]) await connect(story, user, connector);
  const path = `/api/actions/connector/${connector}/grants`;
  const listed = grants.parse(await admin.json(server, { method: 'GET', path })).grants;
  const bens = listed.find(({ username }) => username === 'ben')?.profile_uid;
  await admin.json(server, { method: 'DELETE', path: `${path}/${bens}` });
  await connect(story, ben, connector);

  providers.google.failNext({
    endpoint: 'revoke',
    times: 1000,
    fault: { kind: 'status', status: 503 },
  });
  const scope = { type: 'connector', connector_id: connector };
  await admin.json(server, { method: 'POST', path: RUNS, body: { scope, dry_run: true } });
  const begun = await admin.json(server, { method: 'POST', path: RUNS, body: { scope } });
  const { id } = z.object({ id: z.string() }).parse(begun);
  await waitUntil('the end of both here', async () => {
    const run = await admin.json(server, { method: 'GET', path: `${RUNS}/${id}` });
    return z.object({ ended: z.number() }).parse(run).ended === 2;
  });
  await untilStored(story, 'actions:oauth_revocation_job');
  // What is to be revoked is stored now, and nowhere else.
  await story.look();
  await admin.json(server, { method: 'GET', path: RUNS });
  await admin.call(server, { method: 'POST', path: `${RUNS}/${id}/_cancel` });
  providers.google.clearFaults();
}

/** Ben is disabled, while his provider does not answer; everybody else's roles are looked at again. */
export async function leave(story: Story, connector: string): Promise<void> {
  const { admin, ben, providers, servers } = story.environment;
  const [server] = servers;
  await connect(story, ben, connector);
  providers.google.failNext({ endpoint: 'revoke', times: 10, fault: { kind: 'hang' } });
  await admin.json(server, { method: 'POST', path: '/internal/security/users/ben/_disable' });
  await untilStored(story, 'actions:revoke_grants_of_user');
  await untilStored(story, 'actions:check_access_of_user', () =>
    admin.json(server, {
      method: 'PUT',
      path: '/api/security/role/connector_user',
      body: { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] },
    }),
  );
  providers.google.clearFaults();
}

/** Waits until a task of this type was seen in the store. @param again done before each look */
async function untilStored(
  { tasks, lookAtTasks }: Story,
  taskType: string,
  again: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  await waitUntil(
    `a stored task of type ${taskType}`,
    async () => {
      await again();
      await lookAtTasks();
      return [...tasks.values()].some(({ attributes }) => attributes['taskType'] === taskType);
    },
    TASK_TIMEOUT_MS,
  );
}
