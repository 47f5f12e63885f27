import { act, render, screen } from '@testing-library/react';
import { Component, type ComponentType, type ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ComponentCode, codeOf, LoadedComponent, useComponentCode } from './component_code.tsx';

const Page = () => <h1>Page</h1>;
const onLoading = vi.fn();
const Loading = () => {
  onLoading();
  return null;
};

const Status = (props: { readonly code: ComponentCode; readonly name: string }) => (
  <p>{`${props.name} ${useComponentCode(props.code).status}`}</p>
);

class Boundary extends Component<{ readonly children: ReactNode }> {
  override state = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    return this.state.error === undefined ? this.props.children : <p>{String(this.state.error)}</p>;
  }
}

describe('a component whose code is loaded on demand', () => {
  it('is rendered in the first pass when its code has been loaded', async () => {
    const read = async () => Page;
    await codeOf(read).load();
    render(<LoadedComponent read={read} loading={<Loading />} />);
    expect(screen.getByRole('heading', { name: 'Page' })).toBeVisible();
    expect(onLoading).not.toHaveBeenCalled();
  });

  it('shows that it is loading, and then the component inside the elements around it', async () => {
    const { promise, resolve } = Promise.withResolvers<ComponentType>();
    const read = () => promise;
    render(
      <LoadedComponent read={read} loading={<p>Loading</p>}>
        {(component) => <main>{component}</main>}
      </LoadedComponent>,
    );
    expect(screen.getByText('Loading')).toBeVisible();
    await act(async () => resolve(Page));
    expect(screen.getByRole('main')).toContainElement(screen.getByRole('heading'));
    expect(screen.queryByText('Loading')).toBeNull();
  });

  it('is loaded once, however often it is rendered', async () => {
    const read = vi.fn(async () => Page);
    const { unmount } = render(<LoadedComponent read={read} loading={null} />);
    await act(async () => codeOf(read).load());
    unmount();
    render(<LoadedComponent read={read} loading={null} />);
    expect(screen.getByRole('heading')).toBeVisible();
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is loaded again after a failure, at the next render', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const read = vi
      .fn(async (): Promise<ComponentType> => Page)
      .mockRejectedValueOnce(new Error('no network'));
    const { unmount } = render(
      <Boundary>
        <LoadedComponent read={read} loading={null} />
      </Boundary>,
    );
    expect(await screen.findByText('Error: no network')).toBeVisible();
    unmount();
    render(<LoadedComponent read={read} loading={null} />);
    expect(await screen.findByRole('heading', { name: 'Page' })).toBeVisible();
    log.mockRestore();
  });

  it('keeps a failure while another component still shows it', async () => {
    const code = new ComponentCode(
      vi.fn(async (): Promise<ComponentType> => Page).mockRejectedValueOnce(new Error('offline')),
    );
    const { rerender } = render(
      <>
        <Status code={code} key="a" name="first" />
        <Status code={code} key="b" name="second" />
      </>,
    );
    expect(await screen.findByText('first failed')).toBeVisible();
    rerender(<Status code={code} key="b" name="second" />);
    rerender(<Status code={code} key="b" name="last" />);
    expect(screen.getByText('last failed')).toBeVisible();
    rerender(<p />);
    rerender(<Status code={code} key="c" name="next" />);
    expect(await screen.findByText('next loaded')).toBeVisible();
  });

  it('passes a failure to the error boundary above it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const read = async () => {
      throw new Error('not found');
    };
    await expect(codeOf(read).load()).resolves.toBeUndefined();
    render(
      <Boundary>
        <LoadedComponent read={read} loading={null} />
      </Boundary>,
    );
    expect(screen.getByText('Error: not found')).toBeVisible();
    log.mockRestore();
  });
});
