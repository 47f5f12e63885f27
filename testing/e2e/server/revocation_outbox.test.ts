import { waitUntil } from '@latchkey/core/server/wait_until';
import { type FakeOAuthServer, startStrict } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import type { TestUser } from '@latchkey/test-environment';
import {
  type ConnectorBody,
  createConnector,
  filesOwner,
  listStrictFiles,
  stopAtTheEnd,
  strictFiles,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { mustAuthorize } from '../support/executions.ts';
import { MINUTE_TASKS_RUN_OFTEN } from '../support/minute_tasks.ts';
import {
  type IssuedTokens,
  type RevocationRecorder,
  startRevocationRecorder,
} from '../support/revocation_recorder.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';

/** The outbox retries after half a minute; busy machines take longer. */
const NEXT_ATTEMPT_WITHIN_MS = 400_000;
const AWAY = { endpoint: 'revoke', times: 1000, fault: { kind: 'status', status: 503 } } as const;

/** A provider that only one test uses, so that its records and faults belong to that test. */
interface Provider {
  readonly strict: FakeOAuthServer;
  readonly recorder: RevocationRecorder;
  readonly body: ConnectorBody;
}

async function aProvider(): Promise<Provider> {
  const strict = await startStrict({ port: 0 });
  stopAtTheEnd(() => strict.stop());
  const recorder = await startRevocationRecorder(strict);
  return { strict, recorder, body: strictFiles({ strict }, recorder.endpoints) };
}

const responded = ({ recorder }: Provider, status: number): string[] =>
  recorder.revocations().flatMap((asked) => (asked.status === status ? [asked.token] : []));

const inOrder = ({ refreshToken, accessToken }: IssuedTokens) => [refreshToken, accessToken];

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2, ...MINUTE_TASKS_RUN_OFTEN });
  // All scenarios start before the first test, because they wait for the same run of the outbox.
  let unavailable: Awaited<ReturnType<typeof disconnectedWhileUnavailable>>;
  let refusedOnce: Awaited<ReturnType<typeof disconnectedWithOneRefusal>>;
  let moved: Awaited<ReturnType<typeof disconnectedAndMoved>>;

  beforeAll(async () => {
    unavailable = await disconnectedWhileUnavailable();
    refusedOnce = await disconnectedWithOneRefusal();
    moved = await disconnectedAndMoved();
  });

  const statusOf = async (testUser: TestUser, connector: string) =>
    await testUser.connectionStatus(environment.second, connector);

  /**
   * Waits until the outbox has no entry of the connector. A grant is closed before its entry is
   * removed.
   */
  const untilOutboxIsEmpty = (connector: string) =>
    waitUntil(
      'an empty outbox',
      async () => (await ofConnector('oauth_revocation', connector)).length === 0,
    );

  const untilStatus = (testUser: TestUser, connector: string, wanted: string) =>
    waitUntil(
      `${wanted} for ${testUser.username}`,
      async () => (await statusOf(testUser, connector)) === wanted,
      { timeoutMs: NEXT_ATTEMPT_WITHIN_MS },
    );

  const ofConnector = async (type: string, connector: string): Promise<StoredDocument[]> =>
    (await storedDocuments(environment, type)).filter(
      ({ attributes }) => attributes['connectorId'] === connector,
    );

  async function connected(
    provider: Provider,
    testUser: TestUser,
    connector: string,
  ): Promise<IssuedTokens> {
    expect((await testUser.connect(environment.first, connector)).status).toBe(200);
    return provider.recorder.lastIssued();
  }

  /**
   * Ben disconnects. Waits until the provider has refused or revoked both of his tokens. Ana stays
   * connected.
   */
  async function disconnected(provider: Provider, connector: string): Promise<void> {
    const { ben, first } = environment;
    expect((await ben.disconnect(first, connector)).status).toBe(204);
    await waitUntil('both attempts', () => provider.recorder.revocations().length >= 2);
    await untilStatus(ben, connector, 'revocation_pending');
  }

  async function disconnectedWhileUnavailable() {
    const { admin, ana, ben, first, second } = environment;
    const provider = await aProvider();
    const connector = await createConnector(admin, first, provider.body);
    await connected(provider, ana, connector);
    const bens = await connected(provider, ben, connector);
    provider.strict.failNext(AWAY);
    await disconnected(provider, connector);
    const meanwhile = {
      execution: await ben.execute(second, connector, listStrictFiles),
      grants: await ofConnector('user_connector_token', connector),
      waiting: await ofConnector('oauth_revocation', connector),
      isAlive: provider.strict.isGrantAlive('ben'),
    };
    provider.strict.clearFaults();
    return { provider, connector, bens, meanwhile };
  }

  async function disconnectedWithOneRefusal() {
    const { admin, ben, first } = environment;
    const provider = await aProvider();
    const connector = await createConnector(admin, first, provider.body);
    const bens = await connected(provider, ben, connector);
    provider.strict.failNext({ ...AWAY, times: 1 });
    await disconnected(provider, connector);
    return { provider, connector, bens, meanwhile: [...provider.recorder.revocations()] };
  }

  /**
   * Ben's revocation fails at the first provider. An administrator then moves the connector to
   * another provider, Ana's revocation at the first one fails too, and Ben authorizes at the new
   * provider.
   */
  async function disconnectedAndMoved() {
    const { admin, ana, ben, first } = environment;
    const [former, present] = [await aProvider(), await aProvider()];
    const connector = await createConnector(admin, first, former.body);
    const before = [
      await connected(former, ana, connector),
      await connected(former, ben, connector),
    ];
    former.strict.failNext(AWAY);
    await disconnected(former, connector);
    const { name, config, secrets } = present.body;
    const edited = await admin.json(first, `PUT /api/actions/connector/${connector}`, {
      name,
      config,
      secrets,
    });
    expect(edited).toMatchObject({ disconnected_users: 1 });
    await waitUntil('the attempt for Ana', () => new Set(responded(former, 503)).size === 4);
    await connected(present, ben, connector);
    former.strict.clearFaults();
    return { former, present, connector, tokens: before.flatMap(inOrder) };
  }

  it('H111: while the provider is unavailable, the user is told so, and the tokens stay encrypted in the outbox', () => {
    const { bens, meanwhile, provider } = unavailable;
    expect(new Set(responded(provider, 503))).toEqual(new Set(inOrder(bens)));
    expect(meanwhile.isAlive).toBe(true);
    expect(meanwhile.execution).toMatchObject(mustAuthorize('no_token'));
    const rows = meanwhile.grants.map(({ attributes }) => [
      attributes['status'],
      typeof attributes['credentials'],
    ]);
    // Ana's tokens are stored where tokens in use are stored.
    expect(rows.sort()).toEqual([
      ['connected', 'string'],
      ['revocation_pending', 'undefined'],
    ]);
    expect(meanwhile.waiting.map(({ attributes }) => typeof attributes['pending'])).toEqual([
      'string',
    ]);
  });

  it('H110: a disconnect revokes the access token although the provider refuses to revoke the refresh token, and the outbox retries only the refresh token', async () => {
    const { provider, connector, bens, meanwhile } = refusedOnce;
    const firstRound = [
      { token: bens.refreshToken, status: 503 },
      { token: bens.accessToken, status: 200 },
    ];
    expect(meanwhile).toEqual(firstRound);
    await untilStatus(environment.ben, connector, 'not_connected');
    expect(provider.recorder.revocations()).toEqual([
      ...firstRound,
      { token: bens.refreshToken, status: 200 },
    ]);
    expect(provider.strict.isGrantAlive('ben')).toBe(false);
  });

  it('H111: the outbox retries until an unavailable provider has revoked the tokens, and then deletes them', async () => {
    const { ana, ben, second } = environment;
    const { provider, connector, bens } = unavailable;
    await untilStatus(ben, connector, 'not_connected');
    expect(responded(provider, 200)).toEqual(inOrder(bens));
    expect(provider.strict.isGrantAlive('ben')).toBe(false);
    await untilOutboxIsEmpty(connector);
    expect(await ofConnector('user_connector_token', connector)).toHaveLength(1);
    expect(provider.strict.isGrantAlive('ana')).toBe(true);
    expect(await filesOwner(ana, second, connector)).toBe('ana@example.com');
  });

  it('H114: the outbox sends the tokens of a former provider only to this provider, even after the connector has moved to another one', async () => {
    const { ana, ben, second } = environment;
    const { former, present, connector, tokens } = moved;
    await waitUntil(
      'the revocations at the former provider',
      () => responded(former, 200).length >= tokens.length,
      { timeoutMs: NEXT_ATTEMPT_WITHIN_MS },
    );
    expect(responded(former, 200).sort()).toEqual([...tokens].sort());
    expect(['ana', 'ben'].map((who) => former.strict.isGrantAlive(who))).toEqual([false, false]);
    expect(present.recorder.revocations()).toEqual([]);
    expect(present.strict.isGrantAlive('ben')).toBe(true);
    await untilOutboxIsEmpty(connector);
    expect(await statusOf(ben, connector)).toBe('connected');
    expect(await filesOwner(ben, second, connector)).toBe('ben@example.com');
    expect(await statusOf(ana, connector)).toBe('needs_reauth');
  });
});
