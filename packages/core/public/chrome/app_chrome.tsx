import {
  EuiHeader,
  EuiHeaderBreadcrumbs,
  EuiHeaderSection,
  EuiHeaderSectionItem,
  EuiHeaderSectionItemButton,
  EuiIcon,
  EuiSkipLink,
  useEuiTheme,
  useIsWithinMaxBreakpoint,
} from '@elastic/eui';
import { lazy, memo, type ReactNode, type Ref, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { useAppLink } from '../application/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { OptionalPart } from '../optional_part.tsx';
import type { AppDefinition } from '../types.ts';
import type { ChromeState } from './chrome_store.ts';
import { HeaderItemSlot } from './header_item_slot.tsx';
import { Logo } from './logo.tsx';
import { MainMenu } from './main_menu.tsx';
import { PRODUCT_NAME } from './product_name.ts';
import { loadUserMenuPanel, UserMenu } from './user_menu.tsx';

/** Style of elements that are on the screen, but not in print. */
const NOT_PRINTED = { '@media print': { display: 'none' } };
/** Width of the main menu beside the page, in pixels. */
const MENU_WIDTH = 232;

const messages = defineMessages({
  home: { id: 'core.header.home', defaultMessage: '{product}: start page' },
  openMenu: { id: 'core.header.openMenu', defaultMessage: 'Open the menu' },
});

const loadMenuFlyout = async () => ({ default: (await import('./menu_flyout.tsx')).MenuFlyout });
const MenuFlyout = lazy(loadMenuFlyout);

/** Loads the code of the menus, so that they can open when the server is not reachable. */
export async function preloadChrome(): Promise<void> {
  await Promise.allSettled([loadUserMenuPanel(), loadMenuFlyout()]);
}

/** Header, main menu and the frame of the page. */
export function AppChrome(props: {
  readonly apps: readonly AppDefinition[];
  readonly current: AppDefinition | undefined;
  readonly chrome: Omit<ChromeState, 'title'>;
  /** Title that the page set. `undefined`: the title of the app. */
  readonly title: string | undefined;
  readonly mainRef: Ref<HTMLElement>;
  readonly children: ReactNode;
}) {
  const { apps, current, chrome, title, mainRef, children } = props;
  const { euiTheme } = useEuiTheme();
  const isNarrow = useIsWithinMaxBreakpoint('m');
  return (
    <>
      <EuiSkipLink destinationId="main" overrideLinkBehavior position="fixed">
        <FormattedMessage id="core.header.skip" defaultMessage="Skip to the content" />
      </EuiSkipLink>
      <Header apps={apps} current={current} chrome={chrome} title={title} />
      <div
        css={{
          display: 'flex',
          alignItems: 'stretch',
          paddingBlockStart: 'var(--euiFixedHeadersOffset, 0)',
          '@media print': { paddingBlockStart: 0 },
        }}
      >
        {!isNarrow && (
          <div
            css={{
              ...NOT_PRINTED,
              flex: `0 0 ${MENU_WIDTH}px`,
              position: 'sticky',
              insetBlockStart: 'var(--euiFixedHeadersOffset, 0)',
              blockSize: 'calc(100vh - var(--euiFixedHeadersOffset, 0px))',
              overflowY: 'auto',
              padding: euiTheme.size.s,
              borderInlineEnd: euiTheme.border.thin,
            }}
          >
            <MainMenu apps={apps} current={current} />
          </div>
        )}
        <main
          id="main"
          ref={mainRef}
          tabIndex={-1}
          css={{
            flex: '1 1 auto',
            // With this, a wide table scrolls instead of widening the page.
            minInlineSize: 0,
            minBlockSize: 'calc(100vh - var(--euiFixedHeadersOffset, 0px))',
            padding: isNarrow ? euiTheme.size.base : euiTheme.size.l,
            background: euiTheme.colors.backgroundBasePlain,
            '&:focus': { outline: 'none' },
          }}
        >
          {children}
        </main>
      </div>
    </>
  );
}

/**
 * The header is memoized, because each letter that a user types into a search field changes the URL
 * and would render the header again.
 */
const Header = memo(function Header(
  props: Pick<Parameters<typeof AppChrome>[0], 'apps' | 'current' | 'chrome' | 'title'>,
) {
  const { apps, current, chrome, title } = props;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const isNarrow = useIsWithinMaxBreakpoint('m');
  // On a phone, or at a zoom of 400 %, each breadcrumb would have room for one letter only. The
  // page has a heading with its name.
  const hasBreadcrumbs = !useIsWithinMaxBreakpoint('xs');
  const home = useAppLink()('/');
  const items = (side: 'left' | 'right') =>
    chrome.headerItems
      .filter((item) => item.side === side)
      .map((item) => (
        <EuiHeaderSectionItem key={item.id}>
          <HeaderItemSlot item={item} />
        </EuiHeaderSectionItem>
      ));
  return (
    <EuiHeader position="fixed" role="banner" css={NOT_PRINTED}>
      <EuiHeaderSection>
        {isNarrow && (
          <EuiHeaderSectionItem>
            <MenuButton apps={apps} current={current} />
          </EuiHeaderSectionItem>
        )}
        <EuiHeaderSectionItem>
          <a
            href={home.href}
            onClick={home.onClick}
            aria-label={formatMessage(messages.home, { product: PRODUCT_NAME })}
            css={{
              display: 'flex',
              alignItems: 'center',
              gap: euiTheme.size.s,
              paddingInline: euiTheme.size.s,
              color: euiTheme.colors.textHeading,
              fontWeight: euiTheme.font.weight.bold,
            }}
          >
            <Logo />
            {!isNarrow && <span>{PRODUCT_NAME}</span>}
          </a>
        </EuiHeaderSectionItem>
        {items('left')}
      </EuiHeaderSection>
      {hasBreadcrumbs && <Breadcrumbs current={current} title={title} />}
      <EuiHeaderSection side="right">
        {items('right')}
        <EuiHeaderSectionItem>
          <UserMenu apps={apps} account={chrome.account} />
        </EuiHeaderSectionItem>
      </EuiHeaderSection>
    </EuiHeader>
  );
});

function MenuButton(props: {
  readonly apps: readonly AppDefinition[];
  readonly current: AppDefinition | undefined;
}) {
  const { apps, current } = props;
  const { formatMessage } = useIntl();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <EuiHeaderSectionItemButton
        aria-label={formatMessage(messages.openMenu)}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <EuiIcon type="menu" aria-hidden="true" />
      </EuiHeaderSectionItemButton>
      {isOpen && (
        <OptionalPart>
          <MenuFlyout apps={apps} current={current} onClose={() => setOpen(false)} />
        </OptionalPart>
      )}
    </>
  );
}

function Breadcrumbs(props: {
  readonly current: AppDefinition | undefined;
  readonly title: string | undefined;
}) {
  const { current, title } = props;
  const { formatMessage } = useIntl();
  const link = useAppLink();
  if (current === undefined) return null;
  const appTitle = formatMessage(current.title);
  const hasOwnTitle = title !== undefined && title !== appTitle;
  return (
    <EuiHeaderBreadcrumbs
      breadcrumbs={
        hasOwnTitle
          ? [{ text: appTitle, ...link(current.path) }, { text: title }]
          : [{ text: appTitle }]
      }
    />
  );
}
