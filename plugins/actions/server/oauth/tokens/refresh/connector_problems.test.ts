import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture } from '../tokens.mock.ts';
import { ConnectorHealth } from './connector_problems.ts';

let fixture: TokenFixture;
let problems: ConnectorHealth;
beforeEach(async () => {
  fixture = await createTokenFixture();
  problems = new ConnectorHealth(fixture.repository, fixture.clock);
});
afterEach(() => fixture.close());

const connectors = (count: number) =>
  Array.from({ length: count }, (_, i) => aConnector({ id: `c-${i}`, version: 'v1' }));

describe('problems of connectors', () => {
  it.each([3, 300])('are found among %d of them, each for its own version', async (count) => {
    const all = connectors(count);
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new Error('no connectors');
    await problems.report(first, 'client_rejected');
    await problems.report({ ...second, version: 'v0' }, 'request_rejected');
    const found = await problems.currentOf(all);
    expect([...found]).toEqual([['c-0', { code: 'client_rejected', since: expect.any(Date) }]]);
    expect(await problems.current(first)).toMatchObject({ code: 'client_rejected' });
  });

  it('are not asked for one by one when a list is long', async () => {
    const reads = jest.spyOn(fixture.store, 'getMany');
    await problems.currentOf(connectors(3));
    expect(reads).toHaveBeenCalledTimes(1);
    await problems.currentOf(connectors(10_000));
    expect(reads).toHaveBeenCalledTimes(1);
  });
});
