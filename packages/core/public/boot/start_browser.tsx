import '@fontsource-variable/inter/wght.css';
import '../theme/long_words.css';
import '../theme/low_windows.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { type BootData, bootData, SHELL_PAGE } from '../../common/index.ts';
import type { Navigation } from '../application/index.ts';
import { preloadChrome } from '../chrome/index.ts';
import { preloadFeedback } from '../feedback/index.ts';
import { AppIntl, loadTexts } from '../i18n/index.ts';
import { AppTheme, type StyleCaches } from '../theme/index.ts';
import { CoreContext } from '../use_core.ts';
import { type CoreServices, createCoreServices } from './core_services.ts';
import { firstCode } from './first_code.ts';
import { withFirstResponses } from './first_responses.ts';
import { followSignOut } from './follow_sign_out.ts';
import { type BrowserPluginEntry, PluginRunner } from './run_plugins.ts';
import { announceSignIn } from './session_channel.ts';
import { Shell } from './shell.tsx';
import { applyStyleNonce } from './style_nonce.ts';

/** Milliseconds until rarely used code is loaded, so that the first page is shown before. */
const PRELOAD_AFTER_MS = 3_000;

/**
 * Starts the web app in the shell page.
 * @param plugins plugins of the build, each after its dependencies
 * @throws TypeError when the page has no element for the web app
 */
export async function startBrowser(plugins: readonly BrowserPluginEntry[]): Promise<void> {
  const caches = applyStyleNonce();
  const boot = readBootData();
  const services = createCoreServices({
    boot,
    window,
    browserLanguages: navigator.languages,
    fetch: withFirstResponses({
      fetch: (url, init) => window.fetch(url, init),
      responses: globalThis.latchkeyFirstResponses ?? new Map(),
      language: document.documentElement.lang,
      now: () => performance.now(),
    }),
    loadTexts,
  });
  // If the texts of the language cannot be loaded, the web app is in English.
  const texts = services.language.show(boot.language).catch(console.error);
  const failedPlugins = runPlugins(plugins, services);
  await Promise.all([
    texts,
    firstCode({
      apps: services.apps.all(),
      headerItems: services.chrome.getSnapshot().headerItems,
      pathname: pathOf(services.navigation),
      can: services.core.application.can,
      after: services.core.clock.after,
    }),
  ]);
  announceSignIn();
  followSignOut(services);
  const root = document.getElementById(SHELL_PAGE.rootId);
  if (root === null) throw new TypeError('The page has no element for the web app');
  window.setTimeout(() => {
    void preloadFeedback();
    void preloadChrome();
  }, PRELOAD_AFTER_MS);
  createRoot(root).render(
    <App services={services} failedPlugins={failedPlugins} caches={caches} />,
  );
}

function App(props: {
  readonly services: CoreServices;
  readonly failedPlugins: readonly string[];
  readonly caches: StyleCaches;
}) {
  const { services, failedPlugins, caches } = props;
  const { core, language, queryClient } = services;
  const { settings } = core;
  const { theme } = useSyncExternalStore(settings.subscribe, settings.getSnapshot);
  const shown = useSyncExternalStore(language.subscribe, language.getSnapshot);
  return (
    <AppTheme theme={theme} caches={caches}>
      <AppIntl shown={shown}>
        <QueryClientProvider client={queryClient}>
          <CoreContext.Provider value={core}>
            <Shell services={services} failedPlugins={failedPlugins} />
          </CoreContext.Provider>
        </QueryClientProvider>
      </AppIntl>
    </AppTheme>
  );
}

/** Returns the path of the page without base path and space. */
const pathOf = (navigation: Navigation): string =>
  navigation.getSnapshot().location.pathname.slice(navigation.href('').length);

/**
 * Sets up and starts all plugins.
 * @returns ids of plugins that failed
 */
function runPlugins(
  plugins: readonly BrowserPluginEntry[],
  { core, setupFor, apps, chrome }: CoreServices,
): readonly string[] {
  const runner = new PluginRunner(plugins);
  runner.setup(setupFor);
  runner.start(core);
  return runner.failures.map(({ id, error }) => {
    console.error(`Plugin [${id}] failed`, error);
    apps.removeOf(id);
    chrome.removeOf(id);
    return id;
  });
}

function readBootData(): BootData {
  const text = document.getElementById(SHELL_PAGE.bootDataId)?.textContent ?? '';
  return bootData.parse(JSON.parse(text));
}
