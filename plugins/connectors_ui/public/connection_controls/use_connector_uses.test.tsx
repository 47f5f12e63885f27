import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { expect, it } from 'vitest';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { DisconnectDialog } from '../authorization_views/index.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import { type ConnectorUses, ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { ServicesContext } from '../services.ts';
import { useConnectorUses } from './use_connector_uses.ts';

const NOTE = 'It could not be determined which workflows use this connector';

function Dialog(): ReactElement {
  const uses = useConnectorUses('drive', { isNeeded: true });
  return (
    <DisconnectDialog
      connectorName="Drive"
      account="ana@example.com"
      uses={uses}
      phase="asking"
      onDisconnect={() => undefined}
      onClose={() => undefined}
    />
  );
}

function renderDialog(load: () => Promise<ConnectorUses>): void {
  const uses = new ConnectorUsesRegistry();
  uses.register(load);
  const { attempts } = browserFixture().openTab();
  const changes = new ConnectionChanges(() => undefined);
  renderWithCore(
    <ServicesContext.Provider value={{ attempts, changes, uses }}>
      <Dialog />
    </ServicesContext.Provider>,
  );
}

it('the uses of a connector that could not be read are shown when they are read again', async () => {
  const results: (() => Promise<ConnectorUses>)[] = [
    async () => Promise.reject(new Error('down')),
    async () => Promise.reject(new Error('down')),
    async () => ({ total: 1, uses: [{ id: '1', name: 'Report', isScheduled: true }] }),
  ];
  renderDialog(async () => (results.shift() ?? results[0])?.() ?? { total: 0, uses: [] });
  expect(await screen.findByText(NOTE)).toBeVisible();
  const button = screen.getByRole('button', { name: 'Try again' });
  button.focus();
  fireEvent.click(button);
  // It fails again: the note stays, and the button keeps the focus.
  await waitFor(() => expect(results).toHaveLength(1));
  expect(screen.getByText(NOTE)).toBeVisible();
  expect(button).toHaveFocus();
  await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled', 'true'));
  fireEvent.click(button);
  expect(await screen.findByText('Report', { exact: false })).toBeVisible();
  expect(screen.queryByText(NOTE)).toBeNull();
});

it('the uses of a connector show no failure when no workflow uses it', async () => {
  renderDialog(async () => ({ total: 0, uses: [] }));
  expect(
    await screen.findByText('Workflows and schedules that run as you and use Drive'),
  ).toBeVisible();
  expect(screen.queryByText(NOTE)).toBeNull();
});
