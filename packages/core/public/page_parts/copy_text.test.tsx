import { fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { CopyText } from './copy_text.tsx';

const copyCommand = vi.fn<(command: string) => boolean>();
afterEach(() => {
  copyCommand.mockReset();
});

/** @param isAllowed `true`: the browser allows the page to copy */
function renderButton(isAllowed: boolean) {
  // jsdom has neither a clipboard nor this function.
  Object.assign(document, { execCommand: copyCommand.mockReturnValue(isAllowed) });
  const onCopied = vi.fn();
  const { core } = renderWithCore(
    <CopyText text="https://latchkey.example" onCopied={onCopied}>
      {(copy) => (
        <button type="button" onClick={copy}>
          Copy
        </button>
      )}
    </CopyText>,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
  return { core, onCopied };
}

it('a text that was copied is announced', async () => {
  const { core, onCopied } = renderButton(true);
  expect(copyCommand).toHaveBeenCalledWith('copy');
  expect(onCopied).toHaveBeenCalledTimes(1);
  expect((await screen.findAllByText('Copied')).length).toBeGreaterThan(0);
  expect(core.toasts).toEqual([]);
});

it('the user is told to copy a text when the browser does not allow it', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { core, onCopied } = renderButton(false);
  expect(onCopied).not.toHaveBeenCalled();
  expect(screen.queryByText('Copied')).toBeNull();
  expect(core.toasts).toMatchObject([{ color: 'warning', title: 'The browser copied nothing' }]);
  vi.restoreAllMocks();
});
