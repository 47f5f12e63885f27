import { describe, expect, it, jest } from '@jest/globals';
import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import type { ConnectorFormBody, ConnectorSpecBody } from '../connector_data/index.ts';
import {
  connectorBody,
  FakeServer,
  NOT_CONNECTED,
  overviewBody,
  SERVER_ERROR,
  typeBody,
} from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { CreateFlyout } from './create_flyout.tsx';
import { EditFlyout, type EditTab } from './edit_flyout.tsx';

const OVERVIEW = 'post /internal/actions/_me/overview';
const SPEC = 'get /internal/actions/connector_types/.api/spec';
const FORM = 'get /internal/actions/connector/1/form';
const VALIDATE = 'post /internal/actions/connectors/_validate';
const UPDATE = 'put /api/actions/connector/1';
const EXECUTE = 'post /api/actions/connector/1/_execute';

const spec = {
  metadata: {
    id: '.api',
    display_name: 'Own API',
    description: 'An API.',
    minimum_license: 'basic',
    is_technical_preview: false,
    supported_feature_ids: [],
  },
  schema: {
    properties: {
      config: { properties: { url: { type: 'string', label: 'Address' } }, required: ['url'] },
      secrets: {
        oneOf: [
          {
            label: 'Basic',
            properties: {
              authType: { const: 'basic' },
              password: { type: 'string', label: 'Password', sensitive: true },
            },
            required: ['password'],
          },
        ],
      },
    },
  },
  is_https_required: false,
  scope_labels: {},
  is_testable: true,
  is_inbound_only: false,
  actions: {
    findFiles: {
      label: 'Find files',
      description: 'Finds files.',
      scope: 'read',
      is_tool: true,
      input: { properties: { query: { type: 'string', label: 'Query' } }, required: ['query'] },
    },
  },
} satisfies ConnectorSpecBody;
const stored = {
  id: '1',
  version: 'v1',
  name: 'My API',
  connector_type_id: '.api',
  auth_type: 'basic',
  auth_mode: 'shared',
  is_preconfigured: false,
  is_editable: true,
  config: { url: 'https://api.example.com' },
  secrets: { authType: 'basic' },
  credentials: { password: { stored: true } },
} satisfies ConnectorFormBody;
const saved = {
  ...connectorBody('1', { name: 'My API', connector_type_id: '.api', auth_mode: 'shared' }),
  config: {},
};

function setUp({ confirms = true } = {}) {
  const server = new FakeServer()
    .on(
      OVERVIEW,
      overviewBody({
        connectors: [
          connectorBody('1', { name: 'My API', connector_type_id: '.api', auth_mode: 'shared' }),
        ],
        types: [
          typeBody('.api', { name: 'Own API' }),
          typeBody('.mail', { name: 'Mail', description: 'Sends messages.' }),
          typeBody('.off', { name: 'Switched off', enabled: false }),
        ],
      }),
    )
    .on(SPEC, spec)
    .on(FORM, stored)
    .on(VALIDATE, { issues: [], warnings: [] })
    .on(UPDATE, saved);
  const privileges = ['get', 'create', 'update', 'execute'].map((name) => `actions:${name}`);
  const user = { ...bootDataMock().user, privileges };
  const core = coreStartMock({ fetch: server.fetch, boot: { user }, confirms });
  const { attempts } = browserFixture().openTab();
  const changes = new ConnectionChanges(() => undefined);
  changes.stop();
  const render = (flyout: React.ReactElement) =>
    renderWithCore(
      <ServicesContext.Provider value={{ attempts, changes }}>{flyout}</ServicesContext.Provider>,
      { core },
    );
  return { server, core, render };
}

const click = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
/** Stays focusable while there is nothing to save. */
const saveButton = () => screen.getByRole('button', { name: 'Save' });
const enter = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

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

function Edit({ first = 'configuration' }: { readonly first?: EditTab }) {
  const [tab, onTab] = useState<EditTab>(first);
  return <EditFlyout connectorId="1" tab={tab} onTab={onTab} onClose={() => undefined} />;
}

describe('the flyout of a new connector', () => {
  it('finds types by name and description, and offers no disabled one', async () => {
    setUp().render(<Create />);
    await screen.findByText('Own API');
    expect(screen.getByRole('button', { name: /Switched off/ })).toBeDisabled();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'MESSAGES send' } });
    expect(screen.getByText('Mail')).toBeVisible();
    expect(screen.queryByText('Own API')).toBeNull();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'zzz' } });
    expect(screen.getByText('No connector type matches “zzz”')).toBeVisible();
  });

  it('reads the form of the chosen type once, tries again on request, and goes back', async () => {
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
      const onClose = jest.fn();
      const { core, render } = setUp({ confirms });
      const confirm = jest.spyOn(core.feedback, 'confirm');
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
  it('saves a change, keeps the credential, and begins again with the stored values', async () => {
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

  it('asks how many users to disconnect, and saves nothing when the user does not confirm', async () => {
    const { server, core, render } = setUp({ confirms: false });
    const confirm = jest.spyOn(core.feedback, 'confirm');
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

  describe('whose connector was changed meanwhile', () => {
    const theirs = { ...stored, version: 'v2', name: 'Theirs' };
    const STALE = {
      status: 409,
      body: {
        statusCode: 409,
        error: 'Conflict',
        message: 'changed',
        attributes: { code: 'stale_version' },
      },
    };
    const TITLE = 'The connector has changed since you opened it';
    const saveStale = async (route: string) => {
      const fixture = setUp();
      fixture.render(<Edit />);
      await screen.findByLabelText('Address');
      enter('Address', 'https://mine.example.com');
      fixture.server.on(FORM, theirs).on(route, STALE);
      click('Save');
      expect(await screen.findByText(TITLE)).toBeVisible();
      fixture.server.on(VALIDATE, { issues: [], warnings: [] }).on(UPDATE, saved);
      return fixture;
    };

    it.each([VALIDATE, UPDATE])('says so, and keeps what was entered, after %s', async (route) => {
      const { core } = await saveStale(route);
      expect(screen.getByLabelText('Address')).toHaveValue('https://mine.example.com');
      expect(screen.queryByText('The connector was not saved')).toBeNull();
      expect(core.toasts).toEqual([]);
    });

    it('loads the new values in place of the input', async () => {
      await saveStale(UPDATE);
      click('Discard input and load new values');
      await waitFor(() => expect(screen.getByLabelText('Connector name')).toHaveValue('Theirs'));
      expect(screen.getByLabelText('Address')).toHaveValue('https://api.example.com');
      expect(screen.queryByText(TITLE)).toBeNull();
      await waitFor(() => expect(saveButton()).toHaveAttribute('aria-disabled', 'true'));
    });

    it('overwrites the version that is stored now with all values of the form', async () => {
      const { server, core } = await saveStale(VALIDATE);
      click('Overwrite with these values');
      await waitFor(() => expect(core.toasts).toHaveLength(1));
      expect(server.to(UPDATE).map(({ body }) => body)).toEqual([
        { name: 'My API', config: { url: 'https://mine.example.com' }, version: 'v2' },
      ]);
    });

    it('asks again when the connector is changed once more before it is overwritten', async () => {
      const { server } = await saveStale(UPDATE);
      server.on(UPDATE, STALE);
      click('Overwrite with these values');
      await waitFor(() => expect(server.to(UPDATE)).toHaveLength(2));
      expect(await screen.findByText(TITLE)).toBeVisible();
    });

    it('says why the connector cannot be overwritten when it was deleted', async () => {
      const { server } = await saveStale(UPDATE);
      server.on(FORM, { status: 404, body: { statusCode: 404, error: 'Not Found', message: '' } });
      click('Overwrite with these values');
      expect(await screen.findByText(/It no longer exists/)).toBeVisible();
      expect(screen.getByLabelText('Address')).toHaveValue('https://mine.example.com');
    });
  });

  it('says that a connector of a missing type is not available, and offers no connection', async () => {
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

  it('shows the settings of a connector whose type is disabled, without a connection', async () => {
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

  it('keeps the changes when the user stays on the tab', async () => {
    const { core, render } = setUp({ confirms: false });
    const confirm = jest.spyOn(core.feedback, 'confirm');
    render(<Edit />);
    await screen.findByLabelText('Address');
    enter('Address', 'https://new.example.com');
    fireEvent.click(screen.getByRole('tab', { name: 'Test' }));
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
    expect(screen.getByLabelText('Address')).toHaveValue('https://new.example.com');
  });

  it('shows a preconfigured connector without a way to save it', async () => {
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

  it('checks the connection with an action that has no parameters', async () => {
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

  it('requires the parameters of an action before it runs, and says who solves a failure', async () => {
    const { server, render } = setUp();
    server.on(EXECUTE, { status: 'error', connector_id: '1', message: 'No answer.', retry: true });
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

  it('says that a connector does not exist, and tries again when the list could not be read', async () => {
    const { server, render } = setUp();
    server.on(OVERVIEW, SERVER_ERROR);
    render(<Edit />);
    await screen.findByRole('button', { name: 'Try again' });
    server.on(OVERVIEW, overviewBody({ connectors: [] }));
    click('Try again');
    expect(await screen.findByText('This connector does not exist')).toBeVisible();
  });
});
