import { LoadedComponent } from '../loaded_code/component_code.tsx';
import { OptionalPart } from '../optional_part.tsx';
import type { HeaderItem } from '../types.ts';

/** A registered part of the header. It leaves no gap when it cannot be shown. */
export function HeaderItemSlot({ item }: { readonly item: HeaderItem }) {
  return (
    <OptionalPart>
      <LoadedComponent read={item.load} loading={null} />
    </OptionalPart>
  );
}
