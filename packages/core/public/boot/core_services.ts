import type { Query, QueryClient } from '@tanstack/react-query';
import {
  type BootData,
  inSpace,
  type Language,
  readStatus,
  USER_HEADER,
} from '../../common/index.ts';
import { AppRegistry, Navigation, type NavigationWindow } from '../application/index.ts';
import { ChromeStore } from '../chrome/index.ts';
import { FeedbackStore } from '../feedback/index.ts';
import { ServerClock, ServerWatch } from '../http/index.ts';
import { type Fetch, HttpClient } from '../http_client.ts';
import { LanguageStore, type LanguageTexts } from '../i18n/index.ts';
import { UserSettingsStore } from '../settings/index.ts';
import type { Clock, CoreSetup, CoreStart } from '../types.ts';
import { createQueryClient } from './query_client.ts';
import { discardQuestion, languageNotLoaded, settingsNotSaved } from './service_texts.ts';

/** Options of {@link createCoreServices}. */
export interface CoreServicesOptions {
  readonly boot: BootData;
  readonly window: NavigationWindow;
  /** Languages of the browser, in the order of preference. */
  readonly browserLanguages: readonly string[];
  readonly fetch: Fetch;
  readonly loadTexts: (language: Language) => Promise<LanguageTexts>;
}

/** Services of the web app and the stores behind them, which the shell reads. */
export interface CoreServices {
  readonly core: CoreStart;
  readonly setupFor: (pluginId: string) => CoreSetup;
  readonly apps: AppRegistry;
  readonly chrome: ChromeStore;
  readonly feedback: FeedbackStore;
  readonly language: LanguageStore;
  readonly navigation: Navigation;
  readonly server: ServerWatch;
  readonly queryClient: QueryClient;
}

/** Creates all services. This sends no request. */
export function createCoreServices(options: CoreServicesOptions): CoreServices {
  const { boot, window, fetch, loadTexts, browserLanguages } = options;
  const prefix = `${boot.basePath}${inSpace('', boot.space.id)}`;
  const apps = new AppRegistry();
  const chrome = new ChromeStore();
  const feedback = new FeedbackStore();
  const queryClient = createQueryClient();
  const language = new LanguageStore(loadTexts, browserLanguages);
  const intl = () => language.getSnapshot().intl;
  const serverClock = new ServerClock(Date.now);
  serverClock.observe(new Date(boot.now).toUTCString());
  const clock: Clock = { now: serverClock.now, after };
  const server = new ServerWatch({
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      serverClock.observe(response.headers.get('date'));
      return response;
    },
    clock,
    buildId: boot.buildId,
    username: boot.user.username,
    pagePrefix: prefix,
    statusUrl: `${boot.basePath}${readStatus.path}`,
  });
  const http = new HttpClient({
    fetch: server.fetch,
    baseUrl: boot.basePath,
    spaceId: boot.space.id,
    headers: { [USER_HEADER]: encodeURIComponent(boot.user.username) },
    language: (): Language => wantedLanguage(),
  });
  const confirmDiscard = () => feedback.confirm(discardQuestion(intl()));
  const navigation = new Navigation({ window, prefix, confirmDiscard });
  const settings = new UserSettingsStore({
    initial: { theme: boot.theme, language: boot.languageChoice },
    save: async (changes) => chrome.getSnapshot().account?.saveSettings(http, changes),
    onSaveFailed: () => feedback.toast(settingsNotSaved(intl())),
  });
  const wantedLanguage = (): Language => {
    const choice = settings.getSnapshot().language;
    return choice === 'browser' ? boot.browserLanguage : choice;
  };
  settings.subscribe(() => {
    const wanted = wantedLanguage();
    if (wanted === language.getSnapshot().language) return;
    language
      .show(wanted)
      .then(() => queryClient.invalidateQueries({ predicate: isLocalized }))
      .catch(() => feedback.toast(languageNotLoaded(intl())));
  });
  const granted = new Set(boot.user.privileges);
  const core: CoreStart = {
    boot,
    http,
    queryClient,
    clock,
    application: {
      href: (path) => navigation.href(path),
      navigate: (path, { replace = false } = {}) => navigation.navigate(path, { replace }),
      can: (privilege) => granted.has(privilege),
      guardLeave: (guard) => navigation.guard(guard),
      confirmDiscard,
    },
    chrome: {
      setTitle: (title) => {
        chrome.setTitle(navigation.getSnapshot().location.pathname, title);
      },
    },
    settings,
    feedback,
  };
  const setupFor = (pluginId: string): CoreSetup => ({
    boot,
    application: { register: (app) => apps.register(app, pluginId) },
    chrome: { registerHeaderItem: (item) => chrome.registerHeaderItem(item, pluginId) },
    account: { register: chrome.registerAccount },
  });
  return { core, setupFor, apps, chrome, feedback, language, navigation, server, queryClient };
}

/**
 * Returns `true` if the response of a query contains texts in the language of the user, so that a
 * change of the language outdates it.
 */
const isLocalized = ({ meta }: Query): boolean => meta?.['isLocalized'] === true;

const after: Clock['after'] = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};
