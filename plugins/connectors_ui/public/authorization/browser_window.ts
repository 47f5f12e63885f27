import { z } from 'zod';

/** Size of the window of a provider in pixels. Smaller ones cut off consent pages. */
const WIDTH = 600;
const HEIGHT = 760;

/**
 * Key in the session storage of the window at the provider. The result page reads it when the
 * provider returns without a state that the server knows, and a page that was left for the provider
 * when it is loaded again. Only this window has it, so another site that sends the browser to the
 * callback cannot end the attempt.
 */
const ATTEMPT_KEY = 'latchkey:window_attempt';

const windowAttempt = z.object({ connectorId: z.string(), flowId: z.string() });

/** Attempt that a window belongs to. */
export type WindowAttempt = z.infer<typeof windowAttempt>;

/** Window in which the user is at the provider. */
export interface ProviderWindow {
  /** Goes to the provider for the attempt. */
  goTo(url: string, attempt: WindowAttempt): void;
  /** Brings the window to the front. */
  focus(): void;
  /**
   * Closes the window. No effect once it shows the provider: then only the user can close it.
   */
  close(): void;
  /**
   * `true`: the window cannot be reached. It may still be open, because a provider's
   * `Cross-Origin-Opener-Policy` makes every handle read as closed.
   */
  isClosed(): boolean;
}

/** Opens windows and leaves the page. */
export interface BrowserWindows {
  /**
   * Opens a page of this server with the text. Must be called inside of a click.
   * @returns `undefined` when the browser refuses
   */
  open(text: string): ProviderWindow | undefined;
  /** Leaves this page for the attempt. */
  leaveTo(url: string, attempt: WindowAttempt): void;
  /** Path, query and fragment of this page. */
  currentPath(): string;
}

/** Place of a window of the wanted size in the middle of the screen, never larger than it. */
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
      // A page of the provider must not navigate this page. The handle stays usable.
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
          // Without an opener the browser refuses to close a page of another site.
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
    // Forbidden storage: a response without a state then ends the wait at the deadline.
  }
}

/** Attempt for which this window left a page. `undefined`: there is none. Read once. */
export function takeWindowAttempt(browser: Window): WindowAttempt | undefined {
  try {
    const found = browser.sessionStorage.getItem(ATTEMPT_KEY);
    browser.sessionStorage.removeItem(ATTEMPT_KEY);
    return found === null ? undefined : windowAttempt.parse(JSON.parse(found));
  } catch {
    // Forbidden storage, or the text of another version: treated as absent.
    return undefined;
  }
}

/**
 * The window inherits the content security policy, so the text is written as nodes, not as markup.
 * @param page root of the page that opens the window, with its theme and language
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
