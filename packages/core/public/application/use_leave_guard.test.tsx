import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { coreStartMock } from '../mocks.ts';
import { renderWithCore } from '../testing.tsx';
import type { LeaveGuard } from '../types.ts';
import { useLeaveGuard } from './use_leave_guard.ts';

function Form() {
  const [isDirty, setDirty] = useState(false);
  const release = useLeaveGuard(isDirty, { allows: ({ search }) => search === '?tab=2' });
  return (
    <>
      <button type="button" onClick={() => setDirty(!isDirty)}>
        change
      </button>
      <button type="button" onClick={release}>
        saved
      </button>
    </>
  );
}

function renderForm() {
  const guards = new Set<LeaveGuard>();
  const mock = coreStartMock();
  const guardLeave = (guard: LeaveGuard) => {
    guards.add(guard);
    return () => guards.delete(guard);
  };
  const core = { ...mock, application: { ...mock.application, guardLeave } };
  const { unmount } = renderWithCore(<Form />, { core });
  return { guards, unmount };
}

describe('the guard for unsaved changes', () => {
  it('is active while there are unsaved changes, and ends when the page closes', () => {
    const { guards, unmount } = renderForm();
    expect(guards.size).toBe(0);
    fireEvent.click(screen.getByText('change'));
    const [guard] = guards;
    expect(guard?.allows({ pathname: '/app/a', search: '?tab=2' })).toBe(true);
    expect(guard?.allows({ pathname: '/app/a', search: '' })).toBe(false);
    fireEvent.click(screen.getByText('change'));
    expect(guards.size).toBe(0);
    fireEvent.click(screen.getByText('change'));
    unmount();
    expect(guards.size).toBe(0);
  });

  it('can be ended after a save, before the form is rendered without changes', () => {
    const { guards } = renderForm();
    fireEvent.click(screen.getByText('change'));
    fireEvent.click(screen.getByText('saved'));
    expect(guards.size).toBe(0);
  });
});
