import type { HttpClient } from '@latchkey/core/public';

/** A space as role pages show it. */
export interface SpaceName {
  readonly id: string;
  readonly name: string;
}

/** Reads the spaces that the user may enter. */
export type ListSpaces = (http: HttpClient, signal: AbortSignal) => Promise<readonly SpaceName[]>;

/** Contract for other plugins while they are set up. */
export interface SecurityBrowserSetup {
  /**
   * Registers the reader of spaces for the pages of roles and API keys. The spaces plugin depends
   * on security, so security cannot call it directly. Without a reader there is only the default
   * space.
   */
  registerSpaces(list: ListSpaces): void;
}

/** Contract for other plugins while the web app runs. */
export type SecurityBrowserStart = Readonly<Record<string, never>>;
