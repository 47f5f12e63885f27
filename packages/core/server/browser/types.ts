import type { BootData, Route } from '../../common/index.ts';
import type { Principal } from '../http/index.ts';

/**
 * Boot data that plugins provide. Core provides the rest. If no plugin provides a language, the
 * page has the language that the browser prefers.
 */
export type BootDataPart = Partial<Pick<BootData, 'user' | 'space' | 'theme' | 'language'>>;

/** First page of the web app for users with certain privileges. */
export interface HomePage {
  /** Path without base path and space, for example `/app/connectors`. */
  readonly path: `/app/${string}`;
  /** Privileges that the user must have in the space; empty: every user may see the page. */
  readonly requiredPrivileges: readonly string[];
  /** Pages are tried in ascending order; the first that the user may see is opened. */
  readonly order: number;
}

/**
 * A request whose response every page needs before it can show its content. Sent while the rest of
 * the web app loads.
 */
export interface FirstRequest {
  /** A POST route without path parameters whose query and body are optional. */
  readonly route: Route;
  /** Privileges that a user needs. A user who lacks one of them does not send the request. */
  readonly requiredPrivileges: readonly string[];
}

/** Registers what plugins contribute to the web app. Call it in `setup`. */
export interface BrowserSetup {
  /**
   * Registers a source of boot data. It is read for every shell page; values of plugins that are
   * set up later replace those of earlier ones.
   */
  registerBootData(read: (principal: Principal) => Promise<BootDataPart>): void;
  /** Registers a page that the address of the server may lead to. */
  registerHomePage(page: HomePage): void;
  /**
   * Registers a request that pages send while their scripts are loaded. The first request of the
   * web app to this route gets its response.
   */
  registerFirstRequest(request: FirstRequest): void;
  /**
   * Registers a function that finds a space for users without privileges in the default space. The
   * address of the server then leads to that space. `undefined`: the user may enter none.
   */
  registerHomeSpace(find: (principal: Principal) => Promise<string | undefined>): void;
}
