import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { SessionsSection } from './sessions_section.tsx';

const at = '2030-01-02T08:00:00.000Z';
const aSession = (is_current: boolean) => ({
  ...{ created_at: at, last_used_at: at, expires_at: at, browser: 'Firefox', system: 'Linux' },
  is_current,
});

function start(confirms: boolean) {
  const sent: unknown[] = [];
  const sessions = [aSession(true), aSession(false)];
  const core = coreStartMock({
    confirms,
    fetch: async (_, { method, body }) => {
      if (method === 'POST') sent.push(JSON.parse(body ?? ''));
      const isList = method === 'GET';
      return {
        status: isList ? 200 : 204,
        headers: { get: () => 'application/json' },
        text: async () => (isList ? JSON.stringify({ sessions, total: 2 }) : ''),
      };
    },
  });
  renderWithCore(<SessionsSection />, { core });
  return { core, sent };
}

it('the list of sessions ends all other sessions after the user confirmed', async () => {
  const { core, sent } = start(true);
  fireEvent.click(await screen.findByRole('button', { name: 'Sign out everywhere else' }));
  await waitFor(() => expect(core.toasts).toHaveLength(1));
  expect(sent).toEqual([{ sessions: 'others' }]);
  expect(screen.getByText('This browser')).toBeVisible();
});

it('the list of sessions ends no session when the user does not confirm', async () => {
  const { core, sent } = start(false);
  fireEvent.click(await screen.findByRole('button', { name: 'Sign out everywhere else' }));
  await waitFor(() => expect(core.queryClient.isFetching()).toBe(0));
  expect(sent).toEqual([]);
  expect(core.toasts).toEqual([]);
});
