import type { Fetch } from '@latchkey/core/public';
import { type CoreStartMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { FakeServer } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { startServices } from '../start_services.ts';
import { ChooseSite } from './index.ts';

const SITES = 'get /api/actions/connector/jira/_sites';
const CHOOSE = 'put /api/actions/connector/jira/_sites';
const site = (id: string) => ({ id, label: `https://${id}.example.com` });
const TWO = { sites: [site('acme'), site('lab')] };

/** Opens the dialog. `chosen` gets the ids of the connectors for which a site was chosen. */
function open(fetch: Fetch, isChange = false): { core: CoreStartMock; chosen: string[] } {
  const core = coreStartMock({ fetch });
  const chosen: string[] = [];
  renderWithCore(
    <ServicesContext.Provider value={startServices(core, window)}>
      <ChooseSite
        connectorId="jira"
        connectorName="Jira"
        isChange={isChange}
        onChosen={() => chosen.push('jira')}
      />
    </ServicesContext.Provider>,
    { core },
  );
  fireEvent.click(screen.getByRole('button', { name: /site for Jira/ }));
  return { core, chosen };
}
const confirm = () => screen.getByRole('button', { name: 'Use this site' });

describe('the dialog with the sites of an authorization', () => {
  it('saves the choice, closes, and says which site is used', async () => {
    const server = new FakeServer().on(SITES, TWO).on(CHOOSE, { site: site('lab') });
    const { core, chosen } = open(server.fetch);
    fireEvent.click(await screen.findByRole('radio', { name: 'https://lab.example.com' }));
    fireEvent.click(confirm());
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(server.to(CHOOSE).map(({ body }) => body)).toEqual([{ site_id: 'lab' }]);
    expect(core.toasts).toMatchObject([{ title: 'Jira uses the site https://lab.example.com' }]);
    expect(chosen).toEqual(['jira']);
  });

  it('cannot be confirmed without a change', async () => {
    const server = new FakeServer().on(SITES, { ...TWO, site_id: 'acme' });
    open(server.fetch, true);
    expect(await screen.findByRole('radio', { name: 'https://acme.example.com' })).toBeChecked();
    expect(confirm()).toBeDisabled();
    fireEvent.click(screen.getByRole('radio', { name: 'https://lab.example.com' }));
    expect(confirm()).toBeEnabled();
  });

  it('stays open and shows the reason when the choice was refused', async () => {
    const server = new FakeServer().on(SITES, TWO).on(CHOOSE, { status: 404 });
    const { core, chosen } = open(server.fetch);
    fireEvent.click(await screen.findByRole('radio', { name: 'https://acme.example.com' }));
    fireEvent.click(confirm());
    expect(await screen.findByText('The site was not changed')).toBeVisible();
    expect([core.toasts, chosen]).toEqual([[], []]);
  });

  it('does not claim that nothing was changed when the response was lost', async () => {
    const server = new FakeServer().on(SITES, TWO).lose(CHOOSE);
    open(server.fetch);
    fireEvent.click(await screen.findByRole('radio', { name: 'https://acme.example.com' }));
    fireEvent.click(confirm());
    expect(await screen.findByText('The server did not respond')).toBeVisible();
    expect(screen.queryByText('The site was not changed')).toBeNull();
  });

  it('can load the sites again after a failure', async () => {
    const server = new FakeServer().on(SITES, { status: 500 });
    open(server.fetch);
    const retry = await screen.findByRole('button', { name: 'Try again' });
    server.on(SITES, TWO);
    fireEvent.click(retry);
    expect(await screen.findByRole('radio', { name: 'https://acme.example.com' })).toBeEnabled();
  });

  it('offers no choice when there is only one site and it is already used', async () => {
    open(new FakeServer().on(SITES, { sites: [site('acme')], site_id: 'acme' }).fetch, true);
    expect(await screen.findByText('https://acme.example.com')).toBeVisible();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Use this site' })).toBeNull();
  });

  it('has a filter when there are many sites', async () => {
    const sites = Array.from({ length: 12 }, (_, index) => site(`team-${index}`));
    open(new FakeServer().on(SITES, { sites }).fetch);
    const filter = await screen.findByRole('searchbox', { name: 'Filter sites' });
    const shown = () => within(screen.getByRole('group')).queryAllByRole('radio').length;
    expect(shown()).toBe(12);
    fireEvent.change(filter, { target: { value: 'TEAM-1' } });
    expect(shown()).toBe(3);
    fireEvent.change(filter, { target: { value: 'zzz' } });
    expect(screen.getByText('No site has this text.')).toBeVisible();
  });
});
