import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture } from '../tokens.mock.ts';
import { ConnectorHealth } from './connector_health.ts';

let fixture: TokenFixture;
let health: ConnectorHealth;
beforeEach(async () => {
  fixture = await createTokenFixture();
  health = new ConnectorHealth(fixture.repository, fixture.clock);
});
afterEach(() => fixture.close());

const connectors = (count: number) =>
  Array.from({ length: count }, (_, i) => aConnector({ id: `c-${i}`, version: 'v1' }));

describe('the health of connectors', () => {
  it.each([3, 300])(
    'contains the problems of the current versions of %d connectors',
    async (count) => {
      const all = connectors(count);
      const [first, second] = all;
      if (first === undefined || second === undefined) throw new Error('a connector was not found');
      await health.report(first, 'client_rejected');
      await health.report({ ...second, version: 'v0' }, 'request_rejected');
      const found = await health.currentOf(all);
      expect([...found]).toEqual([['c-0', { code: 'client_rejected', since: expect.any(Date) }]]);
      expect(await health.current(first)).toMatchObject({ code: 'client_rejected' });
    },
  );

  it('is read with one search if there are many connectors', async () => {
    const reads = vi.spyOn(fixture.store, 'getMany');
    await health.currentOf(connectors(3));
    expect(reads).toHaveBeenCalledTimes(1);
    await health.currentOf(connectors(10_000));
    expect(reads).toHaveBeenCalledTimes(1);
  });
});
