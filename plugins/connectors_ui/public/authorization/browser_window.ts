import { z } from 'zod';

/** Width and height of the provider's window in pixels. Smaller windows cut off consent pages. */
const WIDTH = 600;
const HEIGHT = 760;

/**
 * Key in the session storage of the window that goes to the provider. Two pages read it in this
 * window: the result page, when the provider returns without an OAuth state that the server knows;
 * and the page that the window left, when it is loaded again. Only this window has the value, so
 * another site that sends the browser to the callback cannot end the attempt.
 */
const ATTEMPT_KEY = 'latchkey:window_attempt';

const windowAttempt = z.object({ connectorId: z.string(), flowId: z.string() });

/** The attempt to which a window belongs. */
export type WindowAttempt = z.infer<typeof windowAttempt>;

/** Window in which the user is at the provider. */
export interface ProviderWindow {
  /** Goes to the page of the provider. */
  goTo(url: string, attempt: WindowAttempt): void;
  /** Brings the window to the front. */
  focus(): void;
  /**
   * Closes the window. Has no effect once the window shows the provider; then only the user can
   * close it.
   */
  close(): void;
  /**
   * `true`: this page cannot reach the window. The window may still be open, because the
   * `Cross-Origin-Opener-Policy` of a provider makes every handle seem closed.
   */
  isClosed(): boolean;
}

/** Functions that open windows, or that leave the page. */
export interface BrowserWindows {
  /**
   * Opens an empty window that shows the text, until it goes to the provider. Must be called inside
   * a click.
   * @returns `undefined`: the browser refused
   */
  open(text: string): ProviderWindow | undefined;
  /** Goes to the provider in this window. */
  leaveTo(url: string, attempt: WindowAttempt): void;
  /** Path, query and fragment of this page. */
  currentPath(): string;
}

/**
 * Features of a window of the wanted size in the middle of the screen, never larger than the
 * screen.
 */
export function windowFeatures(screen: {
  readonly availWidth: number;
  readonly availHeight: number;
  readonly availLeft?: number;
  readonly availTop?: number;
}): string {
  const { availWidth, availHeight, availLeft = 0, availTop = 0 } = screen;
  const width = Math.min(WIDTH, availWidth);
  const height = Math.min(HEIGHT, availHeight);
  const left = Math.round(availLeft + (availWidth - width) / 2);
  const top = Math.round(availTop + (availHeight - height) / 2);
  return `popup,width=${width},height=${height},left=${left},top=${top}`;
}

/** {@link BrowserWindows} of the browser. */
export function browserWindows(browser: Window): BrowserWindows {
  return {
    open(text) {
      const opened = browser.open('about:blank', '_blank', windowFeatures(browser.screen));
      if (opened === null) return undefined;
      writeText(opened, text, browser.document.documentElement);
      // Without an opener, the page of the provider cannot navigate this page. The handle stays
      // usable.
      opened.opener = null;
      let hasLeft = false;
      return {
        goTo(url, attempt) {
          hasLeft = true;
          remember(opened, attempt);
          opened.location.replace(url);
        },
        focus: () => opened.focus(),
        close() {
          // A window without an opener that shows another site cannot be closed by a script.
          if (!hasLeft) opened.close();
        },
        isClosed: () => opened.closed,
      };
    },
    leaveTo(url, attempt) {
      remember(browser, attempt);
      browser.location.assign(url);
    },
    currentPath() {
      const { pathname, search, hash } = browser.location;
      return `${pathname}${search}${hash}`;
    },
  };
}

function remember(opened: Window, attempt: WindowAttempt): void {
  try {
    opened.sessionStorage.setItem(ATTEMPT_KEY, JSON.stringify(attempt));
  } catch {
    // The storage is forbidden. If the provider then returns without a state, the attempt ends at
    // its deadline.
  }
}

/** Reads and removes the attempt for which this window left a page. `undefined`: there is none. */
export function takeWindowAttempt(browser: Window): WindowAttempt | undefined {
  try {
    const found = browser.sessionStorage.getItem(ATTEMPT_KEY);
    browser.sessionStorage.removeItem(ATTEMPT_KEY);
    return found === null ? undefined : windowAttempt.parse(JSON.parse(found));
  } catch {
    // The storage is forbidden, or its text is from another version. The attempt is treated as
    // absent.
    return undefined;
  }
}

/**
 * Writes a text into the window. The window inherits the content security policy, so the text is
 * written as nodes and not as markup.
 * @param page root element of the page that opens the window, with its theme and language
 */
function writeText({ document }: Window, text: string, page: HTMLElement): void {
  const theme = page.dataset['theme'];
  const isSystemDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const isDark = theme === 'dark' || (theme !== 'light' && isSystemDark);
  const line = document.createElement('p');
  line.textContent = text;
  line.style.margin = '40vh 1rem 0';
  line.style.textAlign = 'center';
  line.style.font = '500 16px Inter, system-ui, sans-serif';
  document.title = text;
  document.documentElement.lang = page.lang;
  document.body.style.background = isDark ? '#0b1628' : '#ffffff';
  document.body.style.color = isDark ? '#dfe5ef' : '#1d2a3e';
  document.body.replaceChildren(line);
}
