import { STALE_VERSION } from '@latchkey/core/public/mocks';
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ConnectorFormBody } from '../connector_data/index.ts';
import {
  click,
  Edit,
  enter,
  FORM,
  SPEC,
  saveButton,
  saved,
  setUp,
  spec,
  stored,
  UPDATE,
  VALIDATE,
} from './flyouts.mock.ts';

describe('the form of a connector that was changed meanwhile', () => {
  const theirs = { ...stored, version: 'v2', name: 'Theirs' };
  const basic = spec.schema.properties.secrets.oneOf[0];
  const properties = {
    ...basic?.properties,
    proxyPassword: { type: 'string', label: 'Proxy password', sensitive: true },
  };
  const secrets = { oneOf: [{ ...basic, properties }] };
  const twoCredentials = {
    ...spec,
    schema: { properties: { ...spec.schema.properties, secrets } },
  };
  const both = { password: { stored: true }, proxyPassword: { stored: true } };
  const TITLE = 'A newer version of this connector is stored';
  const saveStale = async (route: string, opened: ConnectorFormBody = stored) => {
    const fixture = setUp();
    fixture.server.on(SPEC, twoCredentials).on(FORM, opened);
    fixture.render(<Edit />);
    await screen.findByLabelText('Address');
    enter('Address', 'https://mine.example.com');
    fixture.server.on(FORM, theirs).on(route, STALE_VERSION);
    click('Save');
    expect(await screen.findByText(TITLE)).toBeVisible();
    fixture.server.on(VALIDATE, { issues: [], warnings: [] }).on(UPDATE, saved);
    return fixture;
  };

  it.each([VALIDATE, UPDATE])(
    'is shown with a notice that keeps the input, after %s',
    async (route) => {
      const { core } = await saveStale(route);
      expect(screen.getByRole('region', { name: TITLE })).toHaveFocus();
      expect(screen.getByLabelText('Address')).toHaveValue('https://mine.example.com');
      expect(screen.queryByText('The connector was not saved')).toBeNull();
      expect(core.toasts).toEqual([]);
    },
  );

  it('loads the new values in place of the input', async () => {
    await saveStale(UPDATE);
    click('Discard input and load new values');
    await waitFor(() => expect(screen.getByLabelText('Connector name')).toHaveValue('Theirs'));
    expect(screen.getByLabelText('Address')).toHaveValue('https://api.example.com');
    expect(screen.queryByText(TITLE)).toBeNull();
    await waitFor(() => expect(saveButton()).toHaveAttribute('aria-disabled', 'true'));
  });

  it('overwrites the version that is stored now with all values of the form when the user chooses to', async () => {
    const { server, core } = await saveStale(VALIDATE);
    click('Overwrite with these values');
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(server.to(UPDATE).map(({ body }) => body)).toEqual([
      { name: 'My API', config: { url: 'https://mine.example.com' }, version: 'v2' },
    ]);
  });

  it('keeps a credential that was stored meanwhile, and sends a credential that the user entered', async () => {
    const { server, core } = await saveStale(UPDATE);
    click('Replace Password');
    enter('Password', 'mine');
    server.on(FORM, { ...theirs, credentials: both });
    click('Overwrite with these values');
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(server.to(UPDATE).at(-1)?.body).toEqual({
      name: 'My API',
      config: { url: 'https://mine.example.com' },
      secrets: { authType: 'basic', password: 'mine' },
      keep_secrets: ['proxyPassword'],
      version: 'v2',
    });
  });

  it('keeps the credentials that were stored meanwhile if the user entered none', async () => {
    const { server, core } = await saveStale(UPDATE);
    server.on(FORM, { ...theirs, credentials: both });
    click('Overwrite with these values');
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(server.to(UPDATE).at(-1)?.body).toEqual({
      name: 'My API',
      config: { url: 'https://mine.example.com' },
      version: 'v2',
    });
  });

  it('does not ask to keep a credential that was removed meanwhile', async () => {
    const { server, core } = await saveStale(UPDATE, { ...stored, credentials: both });
    server.on(FORM, theirs);
    click('Overwrite with these values');
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(server.to(UPDATE).at(-1)?.body).toEqual({
      name: 'My API',
      config: { url: 'https://mine.example.com' },
      version: 'v2',
    });
  });

  it('asks again when the connector is changed another time before it is overwritten', async () => {
    const { server } = await saveStale(UPDATE);
    const overwrite = screen.getByRole('button', { name: 'Overwrite with these values' });
    overwrite.focus();
    server.on(UPDATE, STALE_VERSION);
    click('Overwrite with these values');
    // The button keeps the focus until the result is known.
    expect(overwrite).toHaveFocus();
    await waitFor(() => expect(server.to(UPDATE)).toHaveLength(2));
    await waitFor(() => expect(overwrite).not.toBeInTheDocument());
    expect(screen.getByRole('region', { name: TITLE })).toHaveFocus();
  });

  it('says that the connector cannot be overwritten when it was deleted', async () => {
    const { server } = await saveStale(UPDATE);
    server.on(FORM, { status: 404, body: { statusCode: 404, error: 'Not Found', message: '' } });
    click('Overwrite with these values');
    expect(await screen.findByText(/It no longer exists/)).toBeVisible();
    expect(screen.getByLabelText('Address')).toHaveValue('https://mine.example.com');
  });
});
