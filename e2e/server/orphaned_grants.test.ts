import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  createConnector,
  listStrictFiles,
  strictFiles,
  strictOwner,
} from '../support/connectors.ts';
import { createUser, type Installation, twoUsers } from '../support/installation.ts';
import {
  type RevocationRecorder,
  startRevocationRecorder,
} from '../support/revocation_recorder.ts';
import { type ServerProcess, stopEverything } from '../support/start_server.ts';
import { storedDocuments } from '../support/stored_documents.ts';
import { onEachStore } from '../support/stores.ts';
import { TestUser } from '../support/test_user.ts';
import { waitUntil } from '../support/wait_until.ts';

const END_WITHIN_MS = 90_000;
const USE_CONNECTORS = { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] };
const USE_SPACES_ONLY = { kibana: [] };

/** What an administrator does, what the person's next call gets, and what their next sign-in. */
const WAYS = [
  { how: 'disabled', refusal: 401, signIn: 401 },
  { how: 'deleted', refusal: 401, signIn: 401 },
  { how: 'demoted', refusal: 403, signIn: 200 },
] as const;

onEachStore((store) => {
  let environment: Installation;
  let server: ServerProcess;
  let recorder: RevocationRecorder;
  beforeAll(async () => {
    environment = await twoUsers({
      store,
      settings: { 'xpack.task_manager.poll_interval': '200ms' },
    });
    server = environment.servers[0];
    recorder = await startRevocationRecorder(environment.providers.strict);
  });
  afterAll(stopEverything);

  it.each(WAYS)(
    'F79: ends the grants of a person who is $how right after authorizing, revokes both tokens, and refuses them from then on',
    async ({ how, refusal, signIn }) => {
      const { admin, ana, providers } = environment;
      const connector = await createConnector(
        admin,
        server,
        strictFiles(providers, recorder.endpoints),
      );
      const role = `leavers_${how}`;
      await putRole(role, USE_CONNECTORS);
      const removedUser = new TestUser({
        username: `leaver_${how}`,
        password: 'leaver-password-11',
        account: 'ben',
      });
      await createUser(admin, server, removedUser, [role]);
      await removedUser.logIn(server);
      await ana.connect(server, connector);
      expect((await removedUser.connect(server, connector)).status).toBe(200);
      const { refreshToken, accessToken } = recorder.lastIssued();
      const before = recorder.revocations().length;

      // At once: on Elasticsearch no search finds the grant yet.
      await letGo(removedUser, how, role);
      const refused = await removedUser.call(server, {
        method: 'POST',
        path: `/api/actions/connector/${connector}/_execute`,
        body: { params: listStrictFiles },
      });
      expect(refused.status).toBe(refusal);
      expect((await removedUser.logIn(server)).status).toBe(signIn);
      await waitUntil(
        'the row of the person to be gone, and Ana’s to be left',
        async () => (await grantsOf(connector)).length === 1,
        END_WITHIN_MS,
      );
      expect(recorder.revocations().slice(before)).toEqual([
        { token: refreshToken, status: 200 },
        { token: accessToken, status: 200 },
      ]);
      expect(providers.strict.isGrantAlive('ben')).toBe(false);
      // Whoever stays keeps their grant.
      expect(providers.strict.isGrantAlive('ana')).toBe(true);
      expect(strictOwner(await ana.execute(server, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
    },
  );

  const putRole = (name: string, body: object) =>
    environment.admin.json(server, { method: 'PUT', path: `/api/security/role/${name}`, body });

  const grantsOf = async (connector: string) =>
    (await storedDocuments(environment, 'user_connector_token')).filter(
      ({ attributes }) => attributes['connectorId'] === connector,
    );

  async function letGo(
    { username }: TestUser,
    how: (typeof WAYS)[number]['how'],
    role: string,
  ): Promise<void> {
    const path = `/internal/security/users/${username}`;
    if (how === 'disabled')
      await environment.admin.json(server, { method: 'POST', path: `${path}/_disable` });
    if (how === 'deleted') await environment.admin.json(server, { method: 'DELETE', path });
    if (how === 'demoted') await putRole(role, USE_SPACES_ONLY);
  }
});
