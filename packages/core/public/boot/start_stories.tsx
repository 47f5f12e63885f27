import '@fontsource-variable/inter/wght.css';
import '../theme/long_words.css';
import '../theme/low_windows.css';
import { useEuiTheme, useIsWithinMaxBreakpoint } from '@elastic/eui';
import { QueryClientProvider } from '@tanstack/react-query';
import type { PropsWithChildren } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { type Language, SHELL_PAGE, type Theme } from '../../common/index.ts';
import { AppIntl, LanguageStore, loadTexts } from '../i18n/index.ts';
import { coreStartMock } from '../mocks.ts';
import type { StoryGroup } from '../stories.ts';
import { AppTheme } from '../theme/index.ts';
import { CoreContext } from '../use_core.ts';
import { layoutFindings } from './layout_findings.ts';
import { applyStyleNonce } from './style_nonce.ts';

/** One story, as the command `npm run stories` selects it. */
export interface StoryView {
  readonly group: number;
  readonly story: number;
  readonly theme: Theme;
  readonly language: Language;
}

/** Functions of the stories page that the command calls from outside. */
export interface StoriesPage {
  /** Titles of groups and names of their stories. */
  list(): readonly { readonly title: string; readonly stories: readonly string[] }[];
  /** Renders one story in place of the one on the screen. */
  show(view: StoryView): Promise<void>;
  /** Resolves when code, icons and fonts of the story have arrived. */
  settled(): Promise<void>;
  /** Returns faults of the layout of the story on the screen. Empty: none. */
  layoutFindings(): readonly string[];
}

/** A story is complete when its page has not changed for this time, in milliseconds. */
const STILL_MS = 200;
/** Maximum wait in milliseconds until a story is complete, for stories that never stop changing. */
const MAX_WAIT_MS = 3_000;

declare global {
  interface Window {
    latchkeyStories?: StoriesPage;
  }
}

/**
 * Starts the page of the stories. Stories get the services of tests.
 * @throws TypeError when the page has no element for stories
 */
export function startStories(groups: readonly StoryGroup[]): void {
  const caches = applyStyleNonce();
  const element = document.getElementById(SHELL_PAGE.rootId);
  if (element === null) throw new TypeError('The page has no element for stories');
  const root = createRoot(element);
  const language = new LanguageStore(loadTexts);
  let number = 0;
  window.latchkeyStories = {
    list: () =>
      groups.map(({ title, stories }) => ({ title, stories: stories.map(({ name }) => name) })),
    show: async (view) => {
      await language.show(view.language);
      const group = groups[view.group];
      const story = group?.stories[view.story];
      if (group === undefined || story === undefined)
        throw new RangeError('There is no story at this address');
      const core = coreStartMock({ boot: { theme: view.theme, language: view.language } });
      number += 1;
      root.render(
        <AppTheme key={number} theme={view.theme} caches={caches}>
          <AppIntl shown={language.getSnapshot()}>
            <QueryClientProvider client={core.queryClient}>
              <CoreContext.Provider value={core}>
                <MemoryRouter>
                  <Surface isWholeWindow={group.isWholeWindow ?? false}>{story.render()}</Surface>
                </MemoryRouter>
              </CoreContext.Provider>
            </QueryClientProvider>
          </AppIntl>
        </AppTheme>,
      );
    },
    settled,
    layoutFindings: () => layoutFindings(),
  };
}

/** Background and padding of pages, as the frame of the web app has them. */
function Surface(props: PropsWithChildren<{ readonly isWholeWindow: boolean }>) {
  const { isWholeWindow, children } = props;
  const { euiTheme } = useEuiTheme();
  const isNarrow = useIsWithinMaxBreakpoint('m');
  const padding = isNarrow ? euiTheme.size.base : euiTheme.size.l;
  return (
    <div
      css={{
        minBlockSize: '100vh',
        padding: isWholeWindow ? 0 : padding,
        background: euiTheme.colors.backgroundBasePlain,
      }}
    >
      {children}
    </div>
  );
}

async function settled(): Promise<void> {
  await document.fonts.ready;
  await still();
  // Axe measures the contrast of what it sees: a dialog that fades in would have too little.
  if (endAnimations()) await still();
}

/** Resolves when the page has not changed for a while. */
async function still(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer = window.setTimeout(resolve, STILL_MS);
  const limit = window.setTimeout(resolve, MAX_WAIT_MS);
  const observer = new MutationObserver(() => {
    window.clearTimeout(timer);
    timer = window.setTimeout(resolve, STILL_MS);
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  await promise;
  observer.disconnect();
  window.clearTimeout(timer);
  window.clearTimeout(limit);
}

/** Moves animations that have an end to their end. Returns if there was one. */
function endAnimations(): boolean {
  const ending = document
    .getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
  for (const animation of ending) animation.finish();
  return ending.length > 0;
}
