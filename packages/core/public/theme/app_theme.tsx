import { EuiProvider } from '@elastic/eui';
import type { EmotionCache } from '@emotion/cache';
import { type PropsWithChildren, useEffect, useSyncExternalStore } from 'react';
import type { Theme } from '../../common/index.ts';

/** Caches of EUI, each with its own style elements. */
export interface StyleCaches {
  readonly default: EmotionCache;
  readonly global: EmotionCache;
  readonly utility: EmotionCache;
}

const FONTS = {
  font: { family: "'Inter Variable', Inter, 'Segoe UI', Helvetica, Arial, sans-serif" },
};

const systemDark = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

/** Applies the theme. `system` follows the operating system while the page is open. */
export function AppTheme(
  props: PropsWithChildren<{
    readonly theme: Theme;
    /**
     * Style caches. Default: the caches of EUI, which only tests use: content security policies do
     * not allow their styles.
     */
    readonly caches?: StyleCaches;
  }>,
) {
  const { theme, caches, children } = props;
  const isSystemDark = useSyncExternalStore(subscribeToSystem, () => systemDark().matches);
  const colorMode = theme === 'dark' || (theme === 'system' && isSystemDark) ? 'dark' : 'light';
  useEffect(() => {
    // The style sheet in the shell page uses this attribute for the background of the page.
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <EuiProvider
      colorMode={colorMode}
      modify={FONTS}
      {...(caches === undefined ? {} : { cache: { ...caches } })}
    >
      {children}
    </EuiProvider>
  );
}

function subscribeToSystem(listener: () => void): () => void {
  const query = systemDark();
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
