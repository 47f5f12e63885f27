// EUI exports these modules from no entry point that its types describe.

declare module '@elastic/eui/lib/components/icon/icon.js' {
  import type { ComponentType } from 'react';

  export const appendIconComponentCache: (icons: Record<string, ComponentType>) => void;
}

declare module '@elastic/eui/optimize/es/services/emotion/css' {
  import type { EmotionCache } from '@emotion/cache';

  export const cache: EmotionCache;
}
