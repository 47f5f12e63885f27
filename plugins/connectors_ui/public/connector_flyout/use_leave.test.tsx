import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { useLeave } from './use_leave.ts';

type Leave = ReturnType<typeof useLeave>;

function Form(props: { readonly onClose: () => void; readonly onRender: (leave: Leave) => void }) {
  props.onRender(useLeave(props.onClose));
  return null;
}

it('closing a flyout asks about a change even if the change was not rendered yet', async () => {
  const mock = coreStartMock();
  const confirmDiscard = vi.fn(async () => false);
  const core = { ...mock, application: { ...mock.application, confirmDiscard } };
  const onClose = vi.fn();
  const rendered: Leave[] = [];
  renderWithCore(<Form onClose={onClose} onRender={(leave) => rendered.push(leave)} />, { core });
  const [first] = rendered;
  // An event before the next render calls the functions of the previous render.
  act(() => first?.setDirty(true));
  act(() => first?.close());
  await waitFor(() => expect(confirmDiscard).toHaveBeenCalledTimes(1));
  expect(onClose).not.toHaveBeenCalled();
});
