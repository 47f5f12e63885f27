import type { Fetch } from '@latchkey/core/public';
import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { ConnectorForm } from '../connector_form/index.ts';
import { CreateForm } from './create_form.tsx';

const FORM: ConnectorForm = {
  config: [],
  unknownParts: [],
  authOptions: [
    {
      id: 'ears',
      label: 'Quick connect',
      authMode: 'per-user',
      isRecommended: false,
      isLegacy: false,
      isExperimental: false,
      fields: [
        {
          name: 'scope',
          label: 'Scope',
          kind: 'text',
          isRequired: true,
          isHidden: false,
          isDisabled: false,
        },
      ],
    },
  ],
};
const RULES = { isHttpsRequired: true };
const CONNECTOR = {
  id: 'c1',
  name: 'Drive',
  connector_type_id: '.drive',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
};
const VALID = { issues: [], warnings: [] };
const FORBIDDEN = { statusCode: 403, error: 'Forbidden', message: 'Not allowed.' };
const ID_TAKEN = {
  statusCode: 409,
  error: 'Conflict',
  message: 'The id is in use.',
  attributes: { code: 'id_taken' },
};

/**
 * Renders the form on a server that responds to checks with `checked` and to the save with `saved`.
 * Waits until the empty form was checked.
 */
async function setUp(checked: object, saved: object = CONNECTOR, status = 200) {
  const requests: { readonly path: string; readonly body: unknown }[] = [];
  const loses = new Set<'next'>();
  const lost = new Set<string>();
  const forbidden = new Set<string>();
  const fetch: Fetch = async (path, { method, body = 'null' }) => {
    requests.push({ path: `${method} ${path}`, body: JSON.parse(body) });
    const isForbidden = forbidden.has(method);
    const isCheck = path.endsWith('_validate');
    const isTaken = !isCheck && method === 'POST' && lost.has(path);
    const refusal = isForbidden ? FORBIDDEN : isTaken ? ID_TAKEN : undefined;
    const response = isCheck ? checked : (refusal ?? saved);
    if (!isCheck && loses.delete('next')) {
      lost.add(path);
      throw new TypeError('Failed to fetch');
    }
    return {
      status: isCheck ? 200 : (refusal?.statusCode ?? status),
      headers: { get: () => 'application/json' },
      text: async () => JSON.stringify(response),
    };
  };
  const user = { ...bootDataMock().user, privileges: ['actions:execute-oauth'] };
  const core = coreStartMock({ fetch, boot: { user } });
  const reserved = { close: vi.fn(), connect: vi.fn() };
  const reserveWindow = vi.fn((_name: string) => reserved);
  const onSaved = vi.fn();
  renderWithCore(
    <CreateForm
      typeId=".drive"
      form={FORM}
      rules={RULES}
      name="Drive"
      reserveWindow={reserveWindow}
      onBack={() => undefined}
      onSaved={onSaved}
      onDirty={() => undefined}
    />,
    { core },
  );
  const enterScope = () =>
    fireEvent.change(screen.getByLabelText('Scope'), { target: { value: 'read' } });
  await waitFor(() => expect(requests).toHaveLength(1));
  requests.length = 0;
  const leaveField = () => fireEvent.blur(screen.getByLabelText('Scope'));
  const click = (name: string) => fireEvent.click(screen.getByText(name));
  /** The server executes the next save, but its response is lost. */
  const loseNextSave = () => loses.add('next');
  /** From now on, the user may not update connectors. */
  const forbidUpdates = () => forbidden.add('PUT');
  const actions = { enterScope, leaveField, click, loseNextSave, forbidUpdates };
  return { core, requests, reserved, reserveWindow, onSaved, ...actions };
}

describe('the form of a new connector', () => {
  it('marks fields without a value, and neither opens a window nor sends a request', async () => {
    const { requests, reserveWindow, click } = await setUp(VALID);
    click('Save and connect');
    expect(await screen.findByText('Enter a value.')).toBeVisible();
    expect(screen.getByText(/One field needs to be corrected/)).toBeVisible();
    expect(reserveWindow).not.toHaveBeenCalled();
    expect(requests).toEqual([]);
  });

  it('shows the callback URL above the credentials, because it must be registered before they exist', async () => {
    await setUp({ ...VALID, callback_url: 'https://latchkey.example/callback' });
    const url = await screen.findByDisplayValue('https://latchkey.example/callback');
    const position = url.compareDocumentPosition(screen.getByLabelText('Scope'));
    expect(position & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy Callback URL' })).toBeVisible();
  });

  it('saves after one check, and reports that no connection was started', async () => {
    const { requests, onSaved, enterScope, click } = await setUp(VALID);
    enterScope();
    click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: false }));
    const input = { name: 'Drive', config: {}, secrets: { authType: 'ears', scope: 'read' } };
    expect(requests.map(({ body }) => body)).toEqual([
      { connector_type_id: '.drive', ...input },
      { connector_type_id: '.drive', ...input },
    ]);
  });

  it('shows a problem that the server found at its field, and closes the window', async () => {
    const { requests, reserved, onSaved, enterScope, click } = await setUp({
      issues: [{ path: 'secrets.scope', code: 'scope_unknown', message: 'No such permission.' }],
      warnings: [],
    });
    enterScope();
    click('Save and connect');
    expect(await screen.findByText('No such permission.')).toBeVisible();
    expect(reserved.close).toHaveBeenCalled();
    expect(onSaved).not.toHaveBeenCalled();
    expect(requests).toHaveLength(1);
  });

  it('shows above the form a problem that belongs to no field', async () => {
    const { enterScope, click } = await setUp({
      issues: [{ path: '', code: 'too_many', message: 'There are too many connectors.' }],
      warnings: [],
    });
    enterScope();
    click('Save');
    expect(await screen.findByText('There are too many connectors.')).toBeVisible();
  });

  it('shows the reason of a conflict with another connector above the form', async () => {
    const { enterScope, click } = await setUp(
      VALID,
      {
        statusCode: 409,
        error: 'Conflict',
        message: 'Another connector has this id.',
        attributes: { code: 'conflict' },
      },
      409,
    );
    enterScope();
    click('Save');
    expect(await screen.findByText('Another connector has this id.')).toBeVisible();
  });

  it('creates only one connector when the response is lost, and updates it with the values of the next save', async () => {
    const { requests, reserved, onSaved, enterScope, click, loseNextSave } = await setUp(VALID);
    enterScope();
    loseNextSave();
    click('Save and connect');
    expect(await screen.findByText(/It is not known if the connector was saved/)).toBeVisible();
    expect(screen.queryByText('The connector was not saved')).toBeNull();
    expect(reserved.close).toHaveBeenCalled();
    fireEvent.change(screen.getByLabelText('Scope'), { target: { value: 'write' } });
    click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: false }));
    const saves = requests.filter(({ path }) => !path.endsWith('_validate'));
    const id = saves[0]?.path.split('/').at(-1);
    expect(saves.map(({ path }) => path)).toEqual([
      `POST /api/actions/connector/${id}`,
      `POST /api/actions/connector/${id}`,
      `PUT /api/actions/connector/${id}`,
    ]);
    expect(saves.at(-1)?.body).toMatchObject({ name: 'Drive', secrets: { scope: 'write' } });
  });

  it('reports the connector as saved when the response was lost and the user may not update it', async () => {
    const { core, requests, onSaved, enterScope, click, ...server } = await setUp(VALID);
    enterScope();
    server.loseNextSave();
    server.forbidUpdates();
    click('Save');
    expect(await screen.findByText(/It is not known if the connector was saved/)).toBeVisible();
    click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: false }));
    const id = requests.at(-1)?.path.split('/').at(-1);
    expect(requests.slice(-2).map(({ path }) => path)).toEqual([
      `PUT /api/actions/connector/${id}`,
      `GET /api/actions/connector/${id}`,
    ]);
    expect(core.toasts).toEqual([]);
  });

  it('says that later changes are not saved when the response was lost and the user may not update the connector', async () => {
    const { core, onSaved, enterScope, click, ...server } = await setUp(VALID);
    enterScope();
    server.loseNextSave();
    server.forbidUpdates();
    click('Save');
    expect(await screen.findByText(/It is not known if the connector was saved/)).toBeVisible();
    fireEvent.change(screen.getByLabelText('Scope'), { target: { value: 'write' } });
    click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: false }));
    expect(core.toasts).toMatchObject([
      { color: 'warning', title: 'Drive was created, without your last changes' },
    ]);
  });

  it('shows and announces warnings at their fields or above the form, and saves nevertheless', async () => {
    const { core, onSaved, enterScope, click } = await setUp({
      issues: [],
      warnings: [
        { path: '', code: 'public_base_url_missing', message: 'English of the server' },
        {
          path: 'secrets.scope',
          code: 'offline_scope_missing',
          message: 'English of the server',
          params: { scope: 'offline_access' },
        },
        { path: 'secrets.unknown', code: 'new_code', message: 'A text of the server.' },
      ],
    });
    expect(await screen.findByText(/server does not know its own address/)).toBeVisible();
    expect(screen.getByText('A text of the server.')).toBeVisible();
    expect(screen.getByLabelText('Scope')).toHaveAccessibleDescription(/offline_access/);
    expect(core.announcements).toEqual([
      expect.stringMatching(/^3 warnings: .*own address.*offline_access.*A text/),
    ]);
    enterScope();
    click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: false }));
  });

  it('is checked again only when a changed field loses the focus', async () => {
    const { requests, enterScope, leaveField } = await setUp(VALID);
    leaveField();
    enterScope();
    expect(requests).toEqual([]);
    leaveField();
    await waitFor(() => expect(requests).toHaveLength(1));
    expect(requests[0]?.body).toEqual({
      connector_type_id: '.drive',
      name: 'Drive',
      config: {},
      secrets: { authType: 'ears', scope: 'read' },
    });
  });

  it('opens the window inside the click, and connects when the connector is saved', async () => {
    const { reserved, reserveWindow, onSaved, enterScope, click } = await setUp(VALID);
    enterScope();
    click('Save and connect');
    expect(reserveWindow).toHaveBeenCalledWith('Drive');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTOR, { isConnecting: true }));
    expect(reserved.connect).toHaveBeenCalledWith(CONNECTOR);
    expect(reserved.close).not.toHaveBeenCalled();
  });
});
