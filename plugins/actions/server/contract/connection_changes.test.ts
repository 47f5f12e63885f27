import { createLoggerMock } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import type { ConnectionChange } from '../types.ts';
import { ConnectionChanges } from './connection_changes.ts';

it('listeners are told that a connection works when the user has chosen a site', async () => {
  const changes = new ConnectionChanges(createLoggerMock('plugins.actions'));
  const { promise, resolve } = Promise.withResolvers<ConnectionChange>();
  changes.subscribe(resolve);
  const about = { connectorId: 'jira', profileUid: 'u_ana' };
  changes.onGrantEvent({ type: 'site_chosen', siteId: 'acme', ...about });
  expect(await promise).toEqual({ ...about, type: 'status_changed', status: 'connected' });
});
