import { lazy, useMemo } from 'react';
import { OptionalPart } from '../optional_part.tsx';
import type { HeaderItem } from '../types.ts';

/** A registered part of the header. It leaves no gap when it cannot be shown. */
export function HeaderItemSlot({ item }: { readonly item: HeaderItem }) {
  const Item = useMemo(() => lazy(async () => ({ default: await item.load() })), [item]);
  return (
    <OptionalPart>
      <Item />
    </OptionalPart>
  );
}
