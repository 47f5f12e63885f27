import type { TestUser } from '@latchkey/test-environment';
import { createConnector, type ServerProcess, strictFiles } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { startBeforeAll } from '../support/start_before_all.ts';

const LIMIT = 6;
const limit = { limit: LIMIT, lookbackWindow: '1h' };
const SETTINGS = {
  'xpack.actions.auth.oauth_authorization_code.rate_limits': { authorize: limit, callback: limit },
};

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2, settings: SETTINGS });
  let connector: string;
  beforeAll(async () => {
    connector = await createConnector(
      environment.admin,
      environment.first,
      strictFiles(environment),
    );
  });

  const start = (testUser: TestUser, server: ServerProcess) => {
    return testUser.call(
      server,
      `POST /internal/actions/connector/${connector}/_start_oauth_flow`,
      {},
    );
  };
  /**
   * Requests the callback like a provider's redirect that only carries a state. The path has no
   * provider key, so no flow is consumed.
   */
  const arrive = async (
    testUser: TestUser,
    server: ServerProcess,
    state: string,
  ): Promise<number> => {
    return (
      await testUser.call(server, `GET /api/actions/connector/_oauth_callback?state=${state}`)
    ).status;
  };

  it('A31: the rate limit counts starts and callbacks over all processes and restarts, and does not limit other users', async () => {
    const { ana, ben, first, second } = environment;
    const both = Array.from({ length: LIMIT + 4 }, (_, n) => (n % 2 === 0 ? first : second));
    const starts = await Promise.all(both.map((server) => start(ana, server)));
    const started = starts.filter(({ status }) => status === 200);
    expect(started).toHaveLength(LIMIT);
    expect(starts.filter(({ status }) => status === 429)).toHaveLength(4);
    const state = stateOf(started[0]);
    const callbacks = await Promise.all(both.map((server) => arrive(ana, server, state)));
    expect(callbacks.filter((status) => status === 400)).toHaveLength(LIMIT);
    expect(callbacks.filter((status) => status === 429)).toHaveLength(4);

    await Promise.all([first.kill9(), second.kill9()]);
    const again = await environment.addServer();
    expect(await start(ana, again)).toMatchObject({ status: 429 });
    expect(await arrive(ana, again, state)).toBe(429);
    const ofBen = await start(ben, again);
    expect(ofBen.status).toBe(200);
    expect(await arrive(ben, again, stateOf(ofBen))).toBe(400);
  });
});

function stateOf(started: { readonly text: string } | undefined): string {
  return (JSON.parse(started?.text ?? '{}') as { readonly state: string }).state;
}
