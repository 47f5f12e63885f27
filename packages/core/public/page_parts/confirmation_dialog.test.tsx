import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import {
  ConfirmationDialog,
  type ConfirmationDialogProps,
  SLOW_ACTION_MS,
} from './confirmation_dialog.tsx';

function start(changes: Partial<ConfirmationDialogProps> = {}) {
  const run = vi.fn();
  const onClose = vi.fn();
  const dialog = (others: Partial<ConfirmationDialogProps> = {}) => (
    <ConfirmationDialog
      title="Delete role sellers?"
      action={{ label: 'Delete role', color: 'danger', run }}
      onClose={onClose}
      {...changes}
      {...others}
    >
      {changes.children ?? 'Its users lose these privileges.'}
    </ConfirmationDialog>
  );
  const { rerender } = renderWithCore(dialog());
  return {
    run,
    onClose,
    show: (others: Partial<ConfirmationDialogProps>) => rerender(dialog(others)),
  };
}

const button = (name: string) => screen.getByRole('button', { name });
const pressEscape = () => fireEvent.keyDown(screen.getByRole('alertdialog'), { key: 'Escape' });
const field = { children: <input name="name" aria-label="Name" /> };

describe('the element that has the focus when a dialog opens', () => {
  it('is the cancel button when something would be lost', async () => {
    start();
    await waitFor(() => expect(button('Cancel')).toHaveFocus());
  });

  it('is the action button when nothing would be lost', async () => {
    start({ action: { label: 'Run', run: () => undefined } });
    await waitFor(() => expect(button('Run')).toHaveFocus());
  });

  it('is the field that the user must fill', async () => {
    start({ ...field, initialFocus: { field: 'name' } });
    await waitFor(() => expect(screen.getByLabelText('Name')).toHaveFocus());
  });

  it('is the only button when nothing is left to confirm', async () => {
    start({ action: undefined });
    await waitFor(() => expect(button('Close')).toHaveFocus());
  });
});

it('a confirmation dialog is named by its title and described by its text', () => {
  start();
  const dialog = screen.getByRole('alertdialog', { name: 'Delete role sellers?' });
  expect(dialog).toHaveAccessibleDescription(/Its users lose these privileges/);
});

it('a confirmation dialog closes without the action when the user presses Escape or cancels', () => {
  const { run, onClose } = start();
  pressEscape();
  fireEvent.click(button('Cancel'));
  expect(onClose).toHaveBeenCalledTimes(2);
  expect(run).not.toHaveBeenCalled();
});

it('a confirmation dialog runs the action when the user presses Enter in a field', () => {
  const { run } = start(field);
  fireEvent.submit(screen.getByLabelText('Name'));
  expect(run).toHaveBeenCalledTimes(1);
});

it('a confirmation dialog ignores Enter while the action is disabled', () => {
  const run = vi.fn();
  start({ ...field, action: { label: 'Delete', isDisabled: true, run } });
  fireEvent.submit(screen.getByLabelText('Name'));
  expect(button('Delete')).toBeDisabled();
  expect(run).not.toHaveBeenCalled();
});

it('a confirmation dialog can be closed when the action takes long, and tells the user that the action continues', () => {
  vi.useFakeTimers();
  try {
    const { onClose, show } = start();
    show({ isBusy: true });
    expect(button('Cancel')).toBeDisabled();
    act(() => void vi.advanceTimersByTime(SLOW_ACTION_MS));
    expect(screen.getByRole('status')).toHaveTextContent(/it does not stop the action/);
    pressEscape();
    fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
    expect(onClose).toHaveBeenCalledTimes(2);
    show({ isBusy: false });
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
    expect(button('Cancel')).toBeEnabled();
  } finally {
    vi.useRealTimers();
  }
});

it('a confirmation dialog stays open with the focus while its action runs, and runs it only once', async () => {
  const { run, onClose, show } = start();
  await waitFor(() => expect(button('Cancel')).toHaveFocus());
  button('Delete role').focus();
  fireEvent.click(button('Delete role'));
  expect(run).toHaveBeenCalledTimes(1);
  show({ isBusy: true });
  expect(screen.getByRole('alertdialog')).toHaveAttribute('aria-busy', 'true');
  fireEvent.click(button('Delete role'));
  pressEscape();
  expect(button('Cancel')).toBeDisabled();
  expect(button('Delete role')).toHaveFocus();
  expect(run).toHaveBeenCalledTimes(1);
  expect(onClose).not.toHaveBeenCalled();
});

it('a confirmation dialog shows a failure, and lets the user try again', () => {
  const { run, show } = start();
  show({ failure: { title: 'The role was not deleted', text: 'The server does not respond.' } });
  const dialog = screen.getByRole('alertdialog');
  expect(screen.getByRole('alert')).toHaveTextContent(
    /The role was not deleted.*The server does not respond/,
  );
  expect(dialog).toContainElement(screen.getByRole('alert'));
  fireEvent.click(button('Delete role'));
  expect(run).toHaveBeenCalledTimes(1);
});

it('a confirmation dialog can be scrolled with the keyboard when its text does not fit', () => {
  const measure: (() => void)[] = [];
  const original = globalThis.ResizeObserver;
  const height = vi.spyOn(Element.prototype, 'scrollHeight', 'get').mockReturnValue(0);
  globalThis.ResizeObserver = class {
    constructor(callback: ResizeObserverCallback) {
      measure.push(() => callback([], this));
    }
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  try {
    start();
    const text = screen.getByText('Its users lose these privileges.').parentElement;
    expect(text).not.toHaveAttribute('tabindex');
    height.mockReturnValue(500);
    act(() => {
      for (const callback of measure) callback();
    });
    expect(text).toHaveAttribute('tabindex', '0');
  } finally {
    globalThis.ResizeObserver = original;
    height.mockRestore();
  }
});
