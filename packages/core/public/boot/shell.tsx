import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useIntl } from 'react-intl';
import { Router } from 'react-router';
import { focusHeading } from '../application/focus_heading.ts';
import { AppPages, appAt, PageSpaceGone } from '../application/index.ts';
import { keepFocus } from '../application/keep_focus.ts';
import { Banners } from '../chrome/banners.tsx';
import type { ChromeState } from '../chrome/chrome_store.ts';
import { AppChrome } from '../chrome/index.ts';
import { PRODUCT_NAME } from '../chrome/product_name.ts';
import { Feedback } from '../feedback/index.ts';
import { loginUrl } from '../http/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import type { CoreServices } from './core_services.ts';
import { SessionEnd } from './session_end.tsx';

const messages = defineMessages({
  pageTitle: { id: 'core.page.documentTitle', defaultMessage: '{page} - {product}' },
});

/**
 * Removes header items that request data of the space, which no longer exists. Items on the left
 * stay, because the menu of spaces is one of them.
 */
const withoutPages = (chrome: ChromeState): ChromeState => ({
  ...chrome,
  headerItems: chrome.headerItems.filter(({ side }) => side === 'left'),
});

/** Everything on the screen: chrome, page of the current path, and feedback. */
export function Shell(props: {
  readonly services: CoreServices;
  /** Ids of plugins that failed to start. */
  readonly failedPlugins: readonly string[];
}) {
  const { services, failedPlugins } = props;
  const { navigation, feedback } = services;
  const { formatMessage } = useIntl();
  const main = useRef<HTMLElement>(null);
  const apps = useMemo(() => services.apps.all(), [services]);
  const { location } = useSyncExternalStore(navigation.subscribe, navigation.getSnapshot);
  const chrome = useSyncExternalStore(services.chrome.subscribe, services.chrome.getSnapshot);
  const server = useSyncExternalStore(services.server.subscribe, services.server.getSnapshot);

  const prefix = navigation.href('');
  const pathname = location.pathname.slice(prefix.length);
  const current = appAt(apps, pathname);
  const title = chrome.title?.pathname === location.pathname ? chrome.title.text : undefined;
  const appTitle = current === undefined ? undefined : formatMessage(current.title);
  const shownTitle = title ?? appTitle;
  useEffect(() => {
    document.title =
      shownTitle === undefined
        ? PRODUCT_NAME
        : formatMessage(messages.pageTitle, { page: shownTitle, product: PRODUCT_NAME });
  }, [formatMessage, shownTitle]);

  // The browser focuses the first page itself. Paths of pages have no prefix here.
  const focused = useRef(pathname);
  const onShown = useCallback((shown: string) => {
    if (main.current === null || focused.current === shown) return;
    focused.current = shown;
    focusHeading(main.current);
  }, []);
  useEffect(() => (main.current === null ? undefined : keepFocus(main.current)), []);
  const reload = useCallback(() => window.location.reload(), []);
  const { basePath, space, user } = services.core.boot;
  const signIn = useCallback(() => {
    const { pathname: page, search } = window.location;
    window.location.assign(loginUrl(basePath, `${page}${search}`));
  }, [basePath]);
  const shownChrome = server.isSpaceGone ? withoutPages(chrome) : chrome;
  return (
    <Router
      navigator={navigation}
      location={location}
      {...(prefix === '' ? {} : { basename: prefix })}
    >
      <AppChrome
        apps={server.isSpaceGone ? [] : apps}
        current={current}
        chrome={shownChrome}
        title={title}
        mainRef={main}
      >
        <Banners server={server} failedPlugins={failedPlugins} onReload={reload} />
        {server.isSpaceGone ? (
          <PageSpaceGone name={space.name} startHref={`${basePath}/`} />
        ) : (
          <AppPages apps={apps} onShown={onShown} onReload={reload} />
        )}
      </AppChrome>
      <Feedback store={feedback} />
      {server.isSessionEnded && (
        <SessionEnd
          hasChanges={navigation.isGuarded}
          username={user.username}
          onSignIn={signIn}
          onSignInElsewhere={() =>
            window.open(loginUrl(basePath, window.location.pathname), '_blank') !== null
          }
          readUsername={async () => await chrome.account?.readUsername(services.core.http)}
          onContinue={() => {
            services.server.continueSession();
            void services.queryClient.invalidateQueries();
          }}
        />
      )}
    </Router>
  );
}
