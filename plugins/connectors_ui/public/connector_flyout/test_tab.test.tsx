import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { useForm } from 'react-hook-form';
import { describe, expect, it, vi } from 'vitest';
import type { InputValues } from '../connector_form/index.ts';
import { CHECK_ACTION, TestTab } from './test_tab.tsx';

const CHECK = {
  id: CHECK_ACTION,
  name: undefined,
  description: undefined,
  fields: [],
  effect: 'read',
} as const;

function Tab(props: { readonly needsConnection: boolean; readonly onRun: () => void }) {
  const methods = useForm<InputValues>({ defaultValues: { input: {} } });
  return (
    <TestTab
      {...props}
      actions={[CHECK]}
      chosen={CHECK}
      onChoose={() => undefined}
      methods={methods}
      isPersonal
      isRunning={false}
      result={undefined}
      authorize={<button type="button">Connect</button>}
    />
  );
}

describe('the test of a connector with per-user authorization', () => {
  it('is replaced by a button to connect when the user is not connected', () => {
    renderWithCore(<Tab needsConnection onRun={() => undefined} />);
    expect(screen.getByText('You are not connected')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Connect' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Check' })).toBeNull();
  });

  it('is offered when the user is connected', () => {
    const onRun = vi.fn();
    renderWithCore(<Tab needsConnection={false} onRun={onRun} />);
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(onRun).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole('button', { name: 'Connect' })).toBeNull();
  });
});
