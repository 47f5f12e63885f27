import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import type { MessageDescriptor } from 'react-intl';
import type { BootData, LanguageChoice, Theme } from '../common/index.ts';
import type { HttpClient } from './http_client.ts';

/** A page of the web app with everything below its path. */
export interface AppDefinition {
  readonly id: string;
  /** Path without base path and space, for example `/app/connectors`. */
  readonly path: `/app/${string}`;
  /**
   * `true`: the app has pages below its path, and itself shows an error for paths that do not
   * exist.
   */
  readonly hasSubpages?: boolean;
  readonly title: MessageDescriptor;
  /** Name of an EUI icon, shown in the menu. */
  readonly icon: string;
  /** Position in the menu, ascending. `undefined`: not in the menu. */
  readonly order?: number | undefined;
  /** Section of the menu. */
  readonly section: 'main' | 'administration' | 'user';
  /**
   * Privileges that a user needs to open the app. Without them, the menu does not show the app and
   * its page says that access is missing.
   */
  readonly requiredPrivileges: readonly string[];
  /** Loads the page. Called once, when the user opens the app for the first time. */
  readonly mount: () => Promise<ComponentType>;
}

/** Part of the header, for example the space menu. */
export interface HeaderItem {
  readonly id: string;
  /** Side of the header. */
  readonly side: 'left' | 'right';
  /** Position on its side of the header, ascending. */
  readonly order: number;
  /** Loads the component. Called after the first paint. */
  readonly load: () => Promise<ComponentType>;
}

/** A short message at the edge of the window. */
export interface Toast {
  readonly title: string;
  readonly text?: ReactNode;
  readonly color: 'success' | 'warning' | 'danger' | 'primary';
}

/** A failed request in words for the user. */
export interface Failure {
  readonly title: string;
  /** Text with the cause and the next step. */
  readonly text: string;
}

/** Question that the user must decide before something happens. */
export interface Confirmation {
  /**
   * Title of the question. Names in it are in `<bdi>`, so that their direction does not change the
   * order of the other words.
   */
  readonly title: ReactNode;
  readonly text?: ReactNode;
  readonly confirmLabel: string;
  /** Label of the button that changes nothing. Default: cancel. */
  readonly cancelLabel?: string;
  /** `danger`: the action cannot be undone. Default: `primary`. */
  readonly color?: 'primary' | 'danger';
  /**
   * Runs when the user confirms. The dialog stays open until it has succeeded. If the user closes
   * it before, the action continues, and a failure becomes a toast.
   */
  readonly action?: {
    readonly run: () => Promise<void>;
    /** Returns the failure that the dialog shows. The user can then try again. */
    readonly failureOf: (error: unknown) => Failure;
  };
}

/** Target of a navigation inside of the web app. */
export interface Destination {
  /** Path without base path and space. */
  readonly pathname: string;
  /** Search parameters with `?`, or empty. */
  readonly search: string;
}

/** Keeps the user on a page with unsaved changes. See `useLeaveGuard`. */
export interface LeaveGuard {
  /**
   * Returns `true` if the changes are kept at this destination, for example another tab of the same
   * form.
   */
  readonly allows: (destination: Destination) => boolean;
}

/** Settings of the user that the web app applies itself. */
export interface UserSettings {
  readonly theme: Theme;
  readonly language: LanguageChoice;
}

/** Services of the plugin that signs users in. */
export interface AccountProvider {
  /** Path that ends the session, without base path. */
  readonly signOutPath: string;
  /** Name of the user of the session. Rejects without a session. */
  readUsername(http: HttpClient): Promise<string>;
  /** Saves settings in the profile of the user. */
  saveSettings(http: HttpClient, settings: Partial<UserSettings>): Promise<void>;
}

/** The clock of the server, derived from its responses, and timers. Tests replace both. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Services of plugins while they are set up. Requests cannot be sent yet. */
export interface CoreSetup {
  readonly boot: BootData;
  readonly application: { register(app: AppDefinition): void };
  readonly chrome: { registerHeaderItem(item: HeaderItem): void };
  /**
   * Registers the source of the account menu. Without one, the user menu offers neither settings
   * nor signing out.
   */
  readonly account: { register(provider: AccountProvider): void };
}

/** Services of plugins and pages while the web app runs. Pages get it from `useCore()`. */
export interface CoreStart {
  readonly boot: BootData;
  /** Calls routes in the space of the page. A 401 leads to the login page and back. */
  readonly http: HttpClient;
  readonly queryClient: QueryClient;
  readonly clock: Clock;
  readonly application: {
    /** URL of a path such as `/app/connectors?edit=x`, with base path and space. */
    href(path: string): string;
    /** Goes to a path such as `/app/connectors` without loading the page again. */
    navigate(path: string, options?: { readonly replace?: boolean }): void;
    /** Returns `true` if the user has the privilege in this space. */
    can(privilege: string): boolean;
    /** Asks the user before the page is left. Returns a function that removes the guard. */
    guardLeave(guard: LeaveGuard): () => void;
    /**
     * Asks the user whether to discard unsaved changes that would be lost without a navigation.
     * `guardLeave` asks the same question before a navigation.
     */
    confirmDiscard(): Promise<boolean>;
  };
  readonly chrome: {
    /** Sets the title of the document and the last breadcrumb. */
    setTitle(title: string): void;
  };
  /** Theme and language. For `useSyncExternalStore`. */
  readonly settings: {
    subscribe(listener: () => void): () => void;
    getSnapshot(): UserSettings;
    /** Applies the settings immediately and saves them. A failed save is shown as a toast. */
    change(settings: Partial<UserSettings>): Promise<void>;
  };
  readonly feedback: {
    toast(toast: Toast): void;
    /**
     * Asks the user a question.
     * @returns `true` when the user confirmed, and the action, if there is one, succeeded
     */
    confirm(question: Confirmation): Promise<boolean>;
    /** Makes screen readers say the text. */
    announce(text: string): void;
  };
}

/**
 * Class that a plugin's `public/index.ts` returns from `plugin()`. Plugins are set up and started
 * in the order of their dependencies; `deps` contains the contracts of required plugins by id.
 */
export interface BrowserPlugin<
  Setup = unknown,
  Start = unknown,
  SetupDeps = object,
  StartDeps = object,
> {
  setup(core: CoreSetup, deps: SetupDeps): Setup;
  start(core: CoreStart, deps: StartDeps): Start;
}
