import { Component, type ReactNode } from 'react';
import { isLoadFailure } from '../loaded_code/load_failure.ts';
import { PageCrashed, PageNotLoaded } from './page_notices.tsx';

interface Props {
  readonly children: ReactNode;
  readonly onReload: () => void;
}

/**
 * Error boundary that keeps a failed page from removing the rest of the web app. Pass the path of
 * the app as `key`, so that another page starts without the failure.
 */
export class AppBoundary extends Component<Props, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { children, onReload } = this.props;
    if (!('error' in this.state)) return children;
    return isLoadFailure(this.state.error) ? (
      <PageNotLoaded onReload={onReload} />
    ) : (
      <PageCrashed onReload={onReload} />
    );
  }
}
