import { describe, expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { type DialogResult, type RunningDialog, useDialogResult } from './use_dialog_result.ts';

const toast = { title: 'Deleted', color: 'success' } as const;

function Page({ onRender }: { readonly onRender: (dialog: DialogResult) => void }) {
  onRender(useDialogResult());
  return null;
}

function setUp() {
  const rendered: DialogResult[] = [];
  const { core, unmount } = renderWithCore(<Page onRender={(dialog) => rendered.push(dialog)} />);
  const [dialog] = rendered;
  if (dialog === undefined) throw new Error('nothing was rendered');
  const shown: string[] = [];
  const end = (run: RunningDialog) => run.show({ inDialog: () => shown.push('result'), toast });
  return { dialog, core, unmount, shown, end };
}

describe('the result of an action', () => {
  it('is shown in the dialog that is still open', () => {
    const { dialog, core, shown, end } = setUp();
    end(dialog.begin());
    dialog.open();
    end(dialog.begin());
    expect([shown, core.toasts]).toEqual([['result', 'result'], []]);
  });

  it('is a toast after the dialog was closed', () => {
    const { dialog, core, shown, end } = setUp();
    const run = dialog.begin();
    dialog.close();
    end(run);
    expect(run.isOpen()).toBe(false);
    expect([shown, core.toasts]).toEqual([[], [toast]]);
  });

  it('is a toast after the user left the page', () => {
    const { dialog, core, unmount, shown, end } = setUp();
    const run = dialog.begin();
    unmount();
    end(run);
    expect(run.isOpen()).toBe(false);
    expect([shown, core.toasts]).toEqual([[], [toast]]);
  });

  it('is a toast when another dialog was opened later', () => {
    const { dialog, core, shown, end } = setUp();
    const run = dialog.begin();
    dialog.close();
    dialog.open();
    end(run);
    expect([shown, core.toasts]).toEqual([[], [toast]]);
    expect(dialog.begin().isOpen()).toBe(true);
  });
});
