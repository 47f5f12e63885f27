import { act, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { useSingleMutation } from './use_single_mutation.ts';

type Save = (name: string) => Promise<string>;
type Mutation = ReturnType<typeof useSingleMutation<string, string>>;

function Form(props: { readonly save: Save; readonly onRender: (mutation: Mutation) => void }) {
  const { save, onRender } = props;
  onRender(useSingleMutation<string, string>({ mutationFn: save }));
  return null;
}

function setUp(save: Save) {
  const rendered: Mutation[] = [];
  renderWithCore(<Form save={save} onRender={(mutation) => rendered.push(mutation)} />);
  return { latest: () => rendered.at(-1) };
}

describe('a mutation of a form', () => {
  it('runs once when it is called twice before the next render', async () => {
    const save = vi.fn<Save>(async (name) => name);
    const { latest } = setUp(save);
    const shown: string[] = [];
    const onSuccess = (name: string) => void shown.push(name);
    const before = latest();
    act(() => {
      before?.mutate('first', { onSuccess });
      before?.mutate('second', { onSuccess });
    });
    await waitFor(() => expect(shown).toEqual(['first']));
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('can be called again after a success and after a failure', async () => {
    const called: string[] = [];
    const { latest } = setUp(async (name) => {
      called.push(name);
      if (name === 'refused') throw new Error('refused');
      return name;
    });
    for (const name of ['refused', 'first', 'second']) {
      act(() => latest()?.mutate(name));
      await waitFor(() => expect(called.at(-1)).toBe(name));
      await waitFor(() => expect(latest()?.isPending).toBe(false));
    }
    expect(called).toHaveLength(3);
  });
});
