import { coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { expect, it } from 'vitest';
import { connectorUses } from './connector_uses.ts';

it('the uses of a connector list all its workflows, and as schedules only enabled workflows that run as the current user', async () => {
  const results = [
    { id: '1', name: 'mine', enabled: true, scheduledAs: 'ana' },
    { id: '2', name: 'of another user', enabled: true, scheduledAs: 'ben' },
    { id: '3', name: 'disabled', enabled: false, scheduledAs: 'ana' },
    { id: '4', name: 'by hand', enabled: true },
  ];
  const server = new FakeServer().on('get /internal/workflows/_uses', { total: 7, results });
  const core = coreStartMock({ fetch: server.fetch });
  const load = connectorUses({
    http: core.http,
    boot: { ...core.boot, user: { ...core.boot.user, username: 'ana' } },
  });
  const { total, uses } = await load('c', new AbortController().signal);
  expect(total).toBe(7);
  expect(uses.map(({ id, name, isScheduled }) => [id, name, isScheduled])).toEqual([
    ['1', 'mine', true],
    ['2', 'of another user', false],
    ['3', 'disabled', false],
    ['4', 'by hand', false],
  ]);
});
