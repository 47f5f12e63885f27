import { fireEvent, screen, waitFor } from '@testing-library/react';
import { Component, type ComponentType, type ReactNode, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { loadedDialog, loadedSection } from './loaded_part.tsx';

/** Chromium's error for a file that the server no longer has. */
const GONE = new TypeError('Failed to fetch dynamically imported module: /assets/a-1.js');

interface DialogProps {
  readonly name: string;
  readonly onClose: () => void;
}
const Dialog = ({ name }: DialogProps) => <p>Dialog of {name}</p>;
const read = vi.fn<() => Promise<ComponentType<DialogProps>>>();

function Page({ Part }: { readonly Part: ComponentType<DialogProps> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <input aria-label="Text" />
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {isOpen && <Part name="Drive" onClose={() => setOpen(false)} />}
    </>
  );
}

/** Shows the message of an error that a component below throws. */
class Boundary extends Component<{ readonly children: ReactNode }> {
  static getDerivedStateFromError({ message }: Error) {
    return { message };
  }

  override readonly state: { readonly message?: string } = {};

  override render() {
    return this.state.message ?? this.props.children;
  }
}

const open = () => fireEvent.click(screen.getByRole('button', { name: 'Open' }));
const notLoaded = () => screen.findByRole('alertdialog', { name: /could not be loaded/ });

beforeEach(() => {
  read.mockReset();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a dialog that is loaded on demand', () => {
  it('is loaded once, and gets its properties', async () => {
    read.mockResolvedValue(Dialog);
    renderWithCore(<Page Part={loadedDialog(read)} />);
    expect(read).not.toHaveBeenCalled();
    open();
    expect(await screen.findByText('Dialog of Drive')).toBeVisible();
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('keeps the unsaved input of the page when its code cannot be loaded, and can be opened again', async () => {
    read.mockRejectedValueOnce(GONE).mockResolvedValueOnce(Dialog);
    renderWithCore(<Page Part={loadedDialog(read)} />);
    fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'not saved' } });
    open();
    await notLoaded();
    expect(screen.getByLabelText('Text')).toHaveValue('not saved');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    open();
    expect(await screen.findByText('Dialog of Drive')).toBeVisible();
  });

  it('is loaded again by "Try again", any number of times', async () => {
    read.mockRejectedValueOnce(GONE).mockRejectedValueOnce(GONE).mockResolvedValueOnce(Dialog);
    renderWithCore(<Page Part={loadedDialog(read)} />);
    open();
    await notLoaded();
    const retry = screen.getByRole('button', { name: 'Try again' });
    fireEvent.click(retry);
    await waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(retry).not.toHaveAttribute('aria-disabled', 'true'));
    fireEvent.click(retry);
    expect(await screen.findByText('Dialog of Drive')).toBeVisible();
  });
});

describe('a part of a page that is loaded on demand', () => {
  it('shows that it is loading, and a notice in its place when its file was deleted', async () => {
    const { promise, reject } = Promise.withResolvers<ComponentType>();
    const load = vi
      .fn<() => Promise<ComponentType>>()
      .mockReturnValueOnce(promise)
      .mockResolvedValueOnce(() => <p>Table</p>);
    const Section = loadedSection(load, <p>Loading</p>);
    renderWithCore(
      <>
        <h1>Page</h1>
        <Section />
      </>,
    );
    expect(screen.getByText('Loading')).toBeVisible();
    reject(GONE);
    const title = 'This part of the page could not be loaded';
    await screen.findByRole('heading', { name: title });
    expect(screen.getByRole('heading', { name: 'Page' })).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Table')).toBeVisible();
  });

  it('shows that it is being loaded again, and keeps the focus on the button', async () => {
    const second = Promise.withResolvers<ComponentType>();
    const readSection = vi
      .fn<() => Promise<ComponentType>>()
      .mockRejectedValueOnce(GONE)
      .mockReturnValueOnce(second.promise);
    const Section = loadedSection(readSection);
    renderWithCore(<Section />);
    const retry = await screen.findByRole('button', { name: 'Try again' });
    retry.focus();
    fireEvent.click(retry);
    const busy = screen.getByRole('button', { name: /Try again/ });
    expect(busy).toHaveAttribute('aria-disabled', 'true');
    expect(busy).toHaveFocus();
    fireEvent.click(busy);
    expect(readSection).toHaveBeenCalledTimes(2);
    second.resolve(() => <p>Table</p>);
    expect(await screen.findByText('Table')).toBeVisible();
  });

  it('does not hide an error that the loaded code throws', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const onError = vi.fn();
    window.addEventListener('error', onError);
    const Section = loadedSection(async () => {
      throw new Error('a is not a function');
    });
    renderWithCore(
      <Boundary>
        <Section />
      </Boundary>,
    );
    expect(await screen.findByText('a is not a function')).toBeVisible();
    window.removeEventListener('error', onError);
  });
});
