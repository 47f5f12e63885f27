import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { connectorBody, FakeServer, overviewBody, typeBody } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { AttentionItem } from './attention_item.tsx';

it('the attention item does not count connections that cannot be connected on this server', async () => {
  const overview = overviewBody({
    connectors: [
      connectorBody('1', { connector_type_id: '.off' }),
      connectorBody('2'),
      connectorBody('3', { connector_type_id: '.gone' }),
    ],
    types: [typeBody('.drive'), typeBody('.off', { enabled: false })],
    attention: ['1', '2', '3'].map((id) => ({ connector_id: id, reason: 'reconnect' })),
  });
  const server = new FakeServer().on('post /internal/actions/_me/overview', overview);
  const user = { ...bootDataMock().user, privileges: ['actions:get'] };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  const { attempts } = browserFixture().openTab();
  const changes = new ConnectionChanges(() => undefined);
  changes.stop();
  renderWithCore(
    <ServicesContext.Provider value={{ attempts, changes, uses: new ConnectorUsesRegistry() }}>
      <AttentionItem />
    </ServicesContext.Provider>,
    { core },
  );
  expect(await screen.findByRole('link', { name: '1 connection needs attention' })).toBeVisible();
});
