import { renderWithCore } from '@latchkey/core/public/testing';
import { cleanup, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Attempt } from '../authorization/index.ts';
import type { UsesState } from '../connector_uses/index.ts';
import { AttemptNotice } from './attempt_notice.tsx';
import { AuthorizeButton } from './authorize_button.tsx';
import { DisconnectDialog } from './disconnect_dialog.tsx';

const expiresAt = Date.now() + 599_000;
const nothing = (): void => undefined;
const FAILED = { status: 'failed', message: '', who: 'administrator' } as const;

function renderNotice(attempt: Attempt, changes: object = {}) {
  const callbacks = { onAuthorize: vi.fn(), onFollowLink: vi.fn(), onDismiss: vi.fn() };
  renderWithCore(
    <AttemptNotice attempt={attempt} connectorName="Drive" {...callbacks} {...changes} />,
  );
  return callbacks;
}

describe('the notice about an attempt', () => {
  it('offers a link when the browser has blocked the window', () => {
    const { onFollowLink } = renderNotice({
      status: 'blocked',
      url: 'https://p.example/',
      expiresAt,
    });
    const link = screen.getByRole('link', { name: /Open sign-in page/ });
    expect(link).toHaveAttribute('href', 'https://p.example/');
    expect(link).toHaveAttribute('target', '_blank');
    fireEvent.click(link);
    expect(onFollowLink).toHaveBeenCalledTimes(1);
  });

  it('shows the remaining time while the window can be seen, and no button to start again', () => {
    renderNotice({ status: 'waiting', windowSeen: true, expiresAt: Date.now() + 599_000 });
    expect(screen.getByText('Finish in the other window')).toBeVisible();
    expect(screen.getByRole('timer')).toHaveTextContent(/^9:\d\d left$/);
    expect(screen.queryByRole('button', { name: 'Start again' })).toBeNull();
  });

  it('offers to start again when the window cannot be seen any more', () => {
    const { onAuthorize } = renderNotice({ status: 'waiting', windowSeen: false, expiresAt });
    expect(screen.getByText('Finish in the other window, or start again')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Start again' }));
    expect(onAuthorize).toHaveBeenCalledTimes(1);
  });

  it('links to the settings if the user may change them, and names an administrator otherwise', () => {
    const failed: Attempt = { ...FAILED, reason: 'client_rejected' };
    const onClick = vi.fn();
    renderNotice(failed, { settings: { href: '/app/connectors?edit=x', onClick } });
    fireEvent.click(screen.getByRole('link', { name: 'Open settings' }));
    expect(onClick).toHaveBeenCalledTimes(1);
    expect(screen.queryByText(/Ask an administrator/)).toBeNull();
    cleanup();
    renderNotice(failed);
    expect(screen.queryByRole('link')).toBeNull();
    expect(screen.getByText(/Ask an administrator/)).toBeVisible();
  });

  it('does not link to the settings for a failure that settings cannot correct', () => {
    const settings = { href: '/app/connectors?edit=x', onClick: nothing };
    renderNotice({ ...FAILED, reason: 'public_base_url_missing' }, { settings });
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('asks which account to use when the user has authorized with another account', () => {
    const onDecide = vi.fn();
    const accountChange = {
      flowId: 'f',
      connectedAccount: 'ana@example.com',
      newAccount: 'ben@example.com',
      canChange: true,
    };
    renderNotice(
      { status: 'waiting', windowSeen: true, expiresAt, accountChange },
      { decision: { onDecide, isDeciding: false } },
    );
    fireEvent.click(screen.getByRole('button', { name: 'Use ben@example.com' }));
    expect(onDecide).toHaveBeenCalledWith('change', accountChange);
  });

  it('names the account after a success, and says if it has changed', () => {
    renderNotice({ status: 'succeeded', account: 'ben@example.com', accountChanged: true });
    expect(screen.getByText('Connected as ben@example.com')).toBeVisible();
    expect(screen.getByText(/another account before/)).toBeVisible();
  });

  it('offers another attempt after a failure that the user can correct, but not if an administrator has to act', () => {
    const failed = { status: 'failed', message: '' } as const;
    renderNotice({ ...failed, reason: 'provider_refused', who: 'you' });
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
    renderNotice({ ...failed, reason: 'client_rejected', who: 'administrator' });
    expect(screen.getByText(/Ask an administrator/)).toBeVisible();
    expect(screen.getAllByRole('button', { name: 'Try again' })).toHaveLength(1);
  });
});

describe('the button to authorize', () => {
  it('is the same element and keeps the focus when an attempt starts', () => {
    const button = (status: 'idle' | 'waiting') => (
      <AuthorizeButton
        attempt={{ status }}
        connectorName="Drive"
        isReconnect={false}
        onAuthorize={nothing}
        onCancel={nothing}
      />
    );
    const { rerender } = renderWithCore(button('idle'));
    const before = screen.getByRole('button', { name: 'Connect Drive' });
    before.focus();
    rerender(button('waiting'));
    expect(screen.getByRole('button', { name: 'Connecting… Drive' })).toBe(before);
    expect(before).toHaveFocus();
    expect(screen.getByRole('button', { name: 'Cancel connecting Drive' })).toBeVisible();
  });
});

describe('the dialog to disconnect', () => {
  const uses: UsesState = { known: undefined, failure: undefined };
  const dialog = { connectorName: 'Drive', uses, onDisconnect: nothing, onClose: nothing };

  it('lists what stops working before it disconnects', () => {
    const onDisconnect = vi.fn();
    renderWithCore(
      <DisconnectDialog
        {...dialog}
        account="ana@example.com"
        phase="asking"
        onDisconnect={onDisconnect}
      />,
    );
    expect(screen.getByText('Every action of Drive that uses ana@example.com')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(onDisconnect).toHaveBeenCalledTimes(1);
  });

  it('names the workflows that stop, and counts the others', () => {
    const listed = [
      { id: '1', name: 'Report', isScheduled: true },
      { id: '2', name: 'Search', isScheduled: false },
    ];
    renderWithCore(
      <DisconnectDialog
        {...dialog}
        account="a"
        uses={{ ...uses, known: { total: 3, uses: listed } }}
        phase="asking"
      />,
    );
    expect(screen.getByText(/^3 workflows that use Drive/)).toBeVisible();
    const items = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(items.slice(-3)).toEqual([
      'Report, which runs as you on a schedule',
      'Search',
      '1 more',
    ]);
    expect(screen.queryByText(/Workflows and schedules that run as you/)).toBeNull();
  });

  it('warns in general when no workflow is known to use the connector', () => {
    renderWithCore(
      <DisconnectDialog
        {...dialog}
        account="a"
        uses={{ ...uses, known: { total: 0, uses: [] } }}
        phase="asking"
      />,
    );
    expect(screen.getByText('Workflows and schedules that run as you and use Drive')).toBeVisible();
  });

  it('says that the workflows could not be determined, and reads them again on request', () => {
    const onRetry = vi.fn();
    renderWithCore(
      <DisconnectDialog
        {...dialog}
        account="a"
        uses={{ known: undefined, failure: { isReading: false, onRetry } }}
        phase="asking"
      />,
    );
    expect(
      screen.getByText('It could not be determined which workflows use this connector'),
    ).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it('says what the user can do when the provider cannot revoke', () => {
    renderWithCore(
      <DisconnectDialog {...dialog} account={undefined} phase={{ result: 'unsupported' }} />,
    );
    expect(screen.getByRole('heading', { name: 'Drive is disconnected' })).toBeVisible();
    expect(screen.getAllByText(/security settings of your account/).length).toBeGreaterThan(0);
    expect(screen.queryByRole('button', { name: 'Disconnect' })).toBeNull();
  });
});
