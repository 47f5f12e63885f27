import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  filesOwner,
  listStrictFiles,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import {
  type RevocationRecorder,
  startRevocationRecorder,
} from '../support/revocation_recorder.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';

const END_WITHIN_MS = 240_000;
const USE_CONNECTORS = { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] };
const USE_SPACES_ONLY = { kibana: [] };

/**
 * Ways to remove a user's rights: action of the administrator, status of the user's next call, and
 * status of the user's next sign-in.
 */
const REMOVALS = [
  { how: 'disabled', refusal: 401, signIn: 401 },
  { how: 'deleted', refusal: 401, signIn: 401 },
  { how: 'demoted', refusal: 403, signIn: 200 },
] as const;

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    settings: { 'xpack.task_manager.poll_interval': '200ms' },
  });
  let recorder: RevocationRecorder;
  beforeAll(async () => {
    recorder = await startRevocationRecorder(environment.strict);
  });

  it.each(REMOVALS)(
    'F79: when a user is $how after authorizing, their grants end and both tokens are revoked',
    async ({ how, refusal, signIn }) => {
      const { admin, ana, strict, first: server } = environment;
      const connector = await createConnector(
        admin,
        server,
        strictFiles(environment, recorder.endpoints),
      );
      const role = `removed_users_${how}`;
      await putRole(role, USE_CONNECTORS);
      const removedUser = new TestUser({
        username: `removed_user_${how}`,
        password: 'removed-password-11',
        account: 'ben',
      });
      await createUser(admin, server, removedUser, [role]);
      await removedUser.logIn(server);
      await ana.connect(server, connector);
      expect((await removedUser.connect(server, connector)).status).toBe(200);
      const { refreshToken, accessToken } = recorder.lastIssued();
      const before = recorder.revocations().length;

      // The removal follows immediately after the authorization, so on Elasticsearch no search
      // finds the grant yet.
      await removeUser(removedUser, how, role);
      const refused = await removedUser.call(
        server,
        `POST /api/actions/connector/${connector}/_execute`,
        { params: listStrictFiles },
      );
      expect(refused.status).toBe(refusal);
      expect((await removedUser.logIn(server)).status).toBe(signIn);
      await waitUntil(
        'the removal of the user’s grant, and Ana’s to be kept',
        async () => (await grantsOf(connector)).length === 1,
        { timeoutMs: END_WITHIN_MS },
      );
      // A request that does not reach the provider is repeated later, so the order may differ.
      const revoked = recorder.revocations().slice(before);
      expect(Object.fromEntries(revoked.map(({ token, status }) => [token, status]))).toEqual({
        [refreshToken]: 200,
        [accessToken]: 200,
      });
      expect(revoked).toHaveLength(2);
      expect(strict.isGrantAlive('ben')).toBe(false);
      // The grants of other users are kept.
      expect(strict.isGrantAlive('ana')).toBe(true);
      expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
    },
  );

  const putRole = (name: string, body: object) =>
    environment.admin.json(environment.first, `PUT /api/security/role/${name}`, body);

  const grantsOf = async (connector: string) =>
    (await storedDocuments(environment, 'user_connector_token')).filter(
      ({ attributes }) => attributes['connectorId'] === connector,
    );

  async function removeUser(
    { username }: TestUser,
    how: (typeof REMOVALS)[number]['how'],
    role: string,
  ): Promise<void> {
    const { admin, first } = environment;
    const path = `/internal/security/users/${username}`;
    if (how === 'disabled') await admin.json(first, `POST ${path}/_disable`);
    if (how === 'deleted') await admin.json(first, `DELETE ${path}`);
    if (how === 'demoted') await putRole(role, USE_SPACES_ONLY);
  }
});
