import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import {
  connectorBody,
  NOT_CONNECTED,
  overviewBody,
  SERVER_ERROR,
  typeBody,
} from '../fake_server.mock.ts';
import { CreateFlyout } from './create_flyout.tsx';
import {
  click,
  Edit,
  enter,
  FORM,
  OVERVIEW,
  SPEC,
  saveButton,
  setUp,
  spec,
  stored,
  UPDATE,
  VALIDATE,
} from './flyouts.mock.ts';

const EXECUTE = 'post /api/actions/connector/1/_execute';

function Create({ onClose = () => undefined }: { readonly onClose?: () => void }) {
  const [typeId, choose] = useState<string>();
  return (
    <CreateFlyout
      typeId={typeId}
      onChooseType={choose}
      onCreated={() => undefined}
      onClose={onClose}
    />
  );
}

describe('the flyout of a new connector', () => {
  it('finds types by name and description, and does not offer disabled types', async () => {
    setUp().render(<Create />);
    await screen.findByText('Own API');
    expect(screen.getByRole('button', { name: /Switched off/ })).toBeDisabled();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'MESSAGES send' } });
    expect(screen.getByText('Mail')).toBeVisible();
    expect(screen.queryByText('Own API')).toBeNull();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'zzz' } });
    expect(screen.getByText('No connector type matches “zzz”')).toBeVisible();
  });

  it.each([false, true])(
    'focuses the search field, except on a touch screen (touch screen: %s)',
    async (isTouch) => {
      const { matchMedia } = window;
      const media = vi.spyOn(window, 'matchMedia').mockImplementation((query) => ({
        ...matchMedia(query),
        matches: isTouch && query === '(pointer: coarse)',
      }));
      setUp().render(<Create />);
      const search = await screen.findByRole('searchbox');
      expect(document.activeElement === search).toBe(!isTouch);
      media.mockRestore();
    },
  );

  it('requests the form of the chosen type once, requests it again when the user asks, and goes back', async () => {
    const { server, render } = setUp();
    server.on(SPEC, SERVER_ERROR);
    render(<Create />);
    fireEvent.click(await screen.findByRole('button', { name: /Own API/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The form could not be loaded');
    expect(screen.queryByText(/secret detail/)).toBeNull();
    server.on(SPEC, spec);
    click('Try again');
    expect(await screen.findByLabelText('Connector name')).toHaveValue('Own API');
    expect(server.to(SPEC)).toHaveLength(2);
    for (const { signal } of server.to(SPEC)) expect(signal).toBeDefined();
    click('Choose another type');
    expect(await screen.findByText('Mail')).toBeVisible();
  });

  it.each([true, false])(
    'asks before it discards what was entered (the user confirms: %s)',
    async (confirms) => {
      const onClose = vi.fn();
      const { core, render } = setUp({ confirms });
      const confirm = vi.spyOn(core.application, 'confirmDiscard');
      render(<Create onClose={onClose} />);
      fireEvent.click(await screen.findByRole('button', { name: /Own API/ }));
      await screen.findByLabelText('Address');
      enter('Address', 'https://x.example.com');
      click(/Close this dialog/);
      await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
      if (confirms) await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
      else expect(screen.getByLabelText('Address')).toHaveValue('https://x.example.com');
    },
  );
});

describe('the flyout of an existing connector', () => {
  it('saves a change, keeps the stored credential, and then shows the stored values', async () => {
    const { server, core, render } = setUp();
    render(<Edit />);
    expect(await screen.findByLabelText('Address')).toHaveValue('https://api.example.com');
    expect(saveButton()).toHaveAttribute('aria-disabled', 'true');
    enter('Address', 'https://new.example.com');
    server.on(FORM, { ...stored, config: { url: 'https://new.example.com' } });
    click('Save');
    await waitFor(() =>
      expect(core.toasts).toEqual([{ color: 'success', title: 'My API was saved' }]),
    );
    expect(server.to(UPDATE).map(({ body }) => body)).toEqual([
      { name: 'My API', config: { url: 'https://new.example.com' }, version: 'v1' },
    ]);
    await waitFor(() => expect(saveButton()).toHaveAttribute('aria-disabled', 'true'));
    expect(screen.getByLabelText('Address')).toHaveValue('https://new.example.com');
  });

  it('does not allow editing when the stored values could not be read after a save', async () => {
    const { server, core, render } = setUp();
    render(<Edit />);
    await screen.findByLabelText('Address');
    enter('Address', 'https://new.example.com');
    server.on(FORM, SERVER_ERROR);
    click('Save');
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(await screen.findByText('The form could not be loaded')).toBeVisible();
    server.on(FORM, { ...stored, version: 'v2', config: { url: 'https://new.example.com' } });
    click('Try again');
    expect(await screen.findByLabelText('Address')).toHaveValue('https://new.example.com');
    enter('Address', 'https://newer.example.com');
    click('Save');
    await waitFor(() => expect(server.to(UPDATE)).toHaveLength(2));
    expect(server.to(UPDATE).at(-1)?.body).toMatchObject({ version: 'v2' });
  });

  it('says how many users would be disconnected, and saves nothing when the user does not confirm', async () => {
    const { server, core, render } = setUp({ confirms: false });
    const confirm = vi.spyOn(core.feedback, 'confirm');
    server.on(VALIDATE, { issues: [], warnings: [], disconnects: true, disconnects_users: 3 });
    render(<Edit />);
    await screen.findByLabelText('Address');
    enter('Address', 'https://new.example.com');
    click('Save');
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
    expect(confirm.mock.calls[0]?.[0].title).toBe('Disconnect 3 users and save?');
    await waitFor(() => expect(saveButton()).not.toHaveAttribute('aria-disabled', 'true'));
    expect(server.to(UPDATE)).toEqual([]);
  });

  it('says that the connector is not available when its type is missing, and offers no connection', async () => {
    const { server, render } = setUp();
    const gone = { name: 'My API', connector_type_id: '.gone', auth_mode: 'per-user' };
    const connectors = [connectorBody('1', gone)];
    server.on(OVERVIEW, overviewBody({ connectors, status: { '1': NOT_CONNECTED } }));
    render(<Edit />);
    expect(await screen.findByText('This connector is not available')).toBeVisible();
    expect(screen.getByText(/does not have this connector type/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Connect/ })).toBeNull();
    expect(screen.queryByRole('tab', { name: 'Test' })).toBeNull();
    expect(server.requests.map(({ route }) => route)).toEqual([OVERVIEW]);
  });

  it('shows the settings, but no connection, when the type of the connector is disabled', async () => {
    const { server, render } = setUp();
    const off = { name: 'My API', connector_type_id: '.api', auth_mode: 'per-user' };
    const types = [typeBody('.api', { enabled: false })];
    const status = { '1': NOT_CONNECTED };
    server
      .on(OVERVIEW, overviewBody({ connectors: [connectorBody('1', off)], types, status }))
      .on(FORM, { ...stored, is_editable: false, read_only_reason: 'type_disabled' });
    render(<Edit first="test" />);
    expect(await screen.findByText('The type of this connector is disabled')).toBeVisible();
    expect(screen.getByLabelText('Address')).toBeDisabled();
    expect(screen.queryByRole('button', { name: /^Connect/ })).toBeNull();
  });

  it('keeps the changes when the user stays on the tab with unsaved changes', async () => {
    const { core, render } = setUp({ confirms: false });
    const confirm = vi.spyOn(core.application, 'confirmDiscard');
    render(<Edit />);
    await screen.findByLabelText('Address');
    enter('Address', 'https://new.example.com');
    fireEvent.click(screen.getByRole('tab', { name: 'Test' }));
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
    expect(screen.getByLabelText('Address')).toHaveValue('https://new.example.com');
  });

  it('shows a preconfigured connector without a save button', async () => {
    const { server, render } = setUp();
    const readOnly = {
      is_editable: false,
      is_preconfigured: true,
      read_only_reason: 'preconfigured',
    };
    server.on(FORM, { ...stored, ...readOnly, secrets: undefined, credentials: undefined });
    render(<Edit />);
    expect(await screen.findByText(/part of the configuration of the server/)).toBeVisible();
    expect(screen.getByLabelText('Address')).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
  });

  it('tests the connection with an action that has no parameters', async () => {
    const { server, render } = setUp();
    server.on(EXECUTE, { status: 'ok', connector_id: '1', data: { files: 2 } });
    render(<Edit first="test" />);
    await screen.findByRole('button', { name: 'Check' });
    expect(screen.queryByLabelText('Query')).toBeNull();
    click('Check');
    expect(await screen.findByText(/"files": 2/)).toBeVisible();
    expect(server.to(EXECUTE).map(({ body }) => body)).toEqual([
      { params: { subAction: '_test', subActionParams: {} } },
    ]);
  });

  it('requires the parameters of an action before it is executed, and says who can solve a failure', async () => {
    const { server, render } = setUp();
    server.on(EXECUTE, {
      status: 'error',
      connector_id: '1',
      message: 'No response.',
      retry: true,
    });
    render(<Edit first="test" />);
    await screen.findByRole('button', { name: 'Check' });
    fireEvent.change(screen.getByLabelText('Action'), { target: { value: 'findFiles' } });
    click('Run');
    expect(await screen.findByText('Enter a value.')).toBeVisible();
    expect(server.to(EXECUTE)).toEqual([]);
    enter('Query', 'report');
    click('Run');
    expect((await screen.findAllByText(/Nobody has to do anything/)).length).toBeGreaterThan(0);
    expect(server.to(EXECUTE).map(({ body }) => body)).toEqual([
      { params: { subAction: 'findFiles', subActionParams: { query: 'report' } } },
    ]);
  });

  describe('with several actions', () => {
    const { findFiles } = spec.actions;
    const actions = { findFiles, readFile: { ...findFiles, label: 'Read file' } };

    it('shows the permissions that the enabled actions need, and saves which are enabled', async () => {
      const { server, render } = setUp();
      const requested = (text: string) => ({
        issues: [],
        warnings: [],
        requested_scopes: [{ scope: 's', text }],
      });
      server.on(SPEC, { ...spec, actions });
      server.on(VALIDATE, requested('See and change files'));
      render(<Edit />);
      fireEvent.click(await screen.findByRole('button', { name: 'Enabled actions: all' }));
      expect(await screen.findByText('See and change files')).toBeVisible();
      server.on(VALIDATE, requested('See files'));
      fireEvent.click(screen.getByRole('checkbox', { name: 'Read file Reads' }));
      expect(await screen.findByText('See files')).toBeVisible();
      click('Save');
      await waitFor(() => expect(server.to(UPDATE)).toHaveLength(1));
      expect(server.to(UPDATE)[0]?.body).toMatchObject({
        config: { ...stored.config, enabledActions: ['findFiles'] },
      });
    });

    it('offers only the enabled actions in the test', async () => {
      const { server, render } = setUp();
      const changes = { connector_type_id: '.api', auth_mode: 'shared' };
      server.on(SPEC, { ...spec, actions });
      server.on(
        OVERVIEW,
        overviewBody({
          connectors: [connectorBody('1', { ...changes, enabled_actions: ['readFile'] })],
          types: [typeBody('.api', { name: 'Own API' })],
        }),
      );
      render(<Edit first="test" />);
      const select = await screen.findByLabelText('Action');
      const offered = [...select.querySelectorAll('option')].map(({ text }) => text);
      expect(offered).toEqual(['Check the connection', 'Read file']);
    });
  });

  it('says that a connector does not exist, and offers to try again when the list could not be read', async () => {
    const { server, render } = setUp();
    server.on(OVERVIEW, SERVER_ERROR);
    render(<Edit />);
    await screen.findByRole('button', { name: 'Try again' });
    server.on(OVERVIEW, overviewBody({ connectors: [] }));
    click('Try again');
    expect(await screen.findByText('This connector does not exist')).toBeVisible();
  });
});
