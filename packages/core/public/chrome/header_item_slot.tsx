import { Component, lazy, type ReactNode, Suspense, useMemo } from 'react';
import type { HeaderItem } from '../types.ts';

/** A registered part of the header. It leaves no gap when it cannot be shown. */
export function HeaderItemSlot({ item }: { readonly item: HeaderItem }) {
  const Item = useMemo(() => lazy(async () => ({ default: await item.load() })), [item]);
  return (
    <HideOnFailure>
      <Suspense fallback={null}>
        <Item />
      </Suspense>
    </HideOnFailure>
  );
}

/** React writes the error to the console. */
class HideOnFailure extends Component<
  { readonly children: ReactNode },
  { readonly hasFailed: boolean }
> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
