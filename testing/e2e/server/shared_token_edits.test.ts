import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  listStrictFiles,
  type ServerProcess,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CountingProvider, startCountingProvider } from '../support/counting_provider.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  let provider: CountingProvider;
  beforeAll(async () => {
    provider = await startCountingProvider({ account: 'nowhere', revokes: 'grant' });
  });

  const create = () =>
    createConnector(environment.admin, environment.first, provider.sharedConnector);

  /** Changes the connector's scope through the second process. */
  async function edit(connector: string, scope: string): Promise<void> {
    const { name, config, secrets } = provider.sharedConnector;
    const body = { name, config, secrets: { ...secrets, scope } };
    await environment.admin.json(
      environment.second,
      `PUT /api/actions/connector/${connector}`,
      body,
    );
  }

  const remove = (connector: string) =>
    environment.admin.json(environment.second, `DELETE /api/actions/connector/${connector}`);

  /**
   * Starts an execution through a process. The provider acts on its token request, and its response
   * is held until the test releases it.
   */
  async function aHeldRequest(connector: string, server = environment.first) {
    provider.clearRequests();
    const hold = provider.holdNext({ endpoint: 'token', when: 'after_acting' });
    const execution = environment.ana.execute(server, connector, listStrictFiles);
    execution.catch(() => undefined);
    await waitUntil('the held token request', () => hold.isHolding);
    return { execution, release: () => hold.release() };
  }

  const tokenRequests = () => provider.requests({ endpoint: 'token' }).length;
  const storedTokens = async (connector: string) =>
    (await storedDocuments(environment, 'connector_token')).filter(
      ({ attributes }) => attributes['connectorId'] === connector,
    );

  describe('a shared token whose connector is changed through another process during the token request', () => {
    it('F78: is not used after an edit, and both processes then use a new token', async () => {
      const { ana, first, second } = environment;
      const connector = await create();
      const { execution, release } = await aHeldRequest(connector);
      await edit(connector, 'write');
      release();
      expect(await execution).toMatchObject({ status: 'error', errorSource: 'framework' });
      expect(provider.requests({ endpoint: 'api' })).toEqual([]);
      for (const server of [first, second]) {
        const used = await ana.execute(server, connector, listStrictFiles);
        expect(strictOwner(used)).toBe('application');
      }
      expect(tokenRequests()).toBe(2);
    });

    it('H115: is neither used nor stored after a deletion', async () => {
      const connector = await create();
      const { execution, release } = await aHeldRequest(connector);
      await remove(connector);
      release();
      expect(await execution).toMatchObject({ status: 'error' });
      expect(provider.requests({ endpoint: 'api' })).toEqual([]);
      expect(await storedTokens(connector)).toEqual([]);
      expect(tokenRequests()).toBe(1);
    });

    it('G85: is requested again immediately when the process that requested it was killed before the edit', async () => {
      const { ana, second } = environment;
      const connector = await create();
      const dying = await environment.addServer();
      const { execution, release } = await aHeldRequest(connector, dying);
      await dying.kill9();
      await expect(execution).rejects.toThrow();
      release();
      await edit(connector, 'write');
      expect(await ana.execute(second, connector, listStrictFiles)).toMatchObject({ status: 'ok' });
      expect(tokenRequests()).toBe(2);
      expect(await storedTokens(connector)).toHaveLength(1);
    });
  });

  it('F78: a shared token is requested again after an edit in another process when a process has the connector in its cache', async () => {
    const { ana, first, second } = environment;
    const connector = await create();
    provider.clearRequests();
    const requestsAfterExecution = async (server: ServerProcess) => {
      const used = await ana.execute(server, connector, listStrictFiles);
      expect(strictOwner(used)).toBe('application');
      return tokenRequests();
    };
    expect(await requestsAfterExecution(first)).toBe(1);
    expect(await requestsAfterExecution(second)).toBe(1);
    await edit(connector, 'write');
    expect(await requestsAfterExecution(first)).toBe(2);
    expect(await requestsAfterExecution(second)).toBe(2);
  });
});
