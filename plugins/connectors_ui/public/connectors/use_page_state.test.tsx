import { act, renderHook } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { describe, expect, it } from 'vitest';
import { usePageState } from './use_page_state.ts';

const renderState = () =>
  renderHook(usePageState, {
    wrapper: ({ children }) => (
      <MemoryRouter initialEntries={['/app/connectors?sort=-type']}>{children}</MemoryRouter>
    ),
  }).result;

describe('the state of the page', () => {
  it('keeps the identity of its functions when the URL changes, so that rows are not rendered again', () => {
    const state = renderState();
    const { changeQuery, openFlyout } = state.current;
    act(() => changeQuery({ text: 'files' }));
    expect(state.current.query).toMatchObject({ text: 'files', sort: 'type' });
    expect(state.current.changeQuery).toBe(changeQuery);
    expect(state.current.openFlyout).toBe(openFlyout);
  });

  it('applies each change to the current URL, even through a function of an earlier render', () => {
    const state = renderState();
    const { changeQuery, openFlyout } = state.current;
    act(() => changeQuery({ text: 'files' }));
    act(() => changeQuery({ auth: ['shared'] }));
    act(() => openFlyout({ kind: 'edit', id: 'a', tab: 'users' }));
    expect(state.current).toMatchObject({
      query: { text: 'files', auth: ['shared'], sort: 'type', isDescending: true },
      flyout: { kind: 'edit', id: 'a', tab: 'users' },
    });
  });
});
