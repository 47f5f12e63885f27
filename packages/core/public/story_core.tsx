import { QueryClientProvider } from '@tanstack/react-query';
import { type PropsWithChildren, type ReactElement, useState } from 'react';
import type { BootData } from '../common/index.ts';
import type { CoreStart } from './types.ts';
import { CoreContext, useCore } from './use_core.ts';

/** Gives a story its own services, for example with a fake server. They are created once. */
export function StoryCore(
  props: PropsWithChildren<{
    /** @param boot boot data with the theme and language of the story */
    readonly create: (boot: BootData) => CoreStart;
  }>,
): ReactElement {
  const { boot } = useCore();
  const [core] = useState(() => props.create(boot));
  return (
    <QueryClientProvider client={core.queryClient}>
      <CoreContext.Provider value={core}>{props.children}</CoreContext.Provider>
    </QueryClientProvider>
  );
}
