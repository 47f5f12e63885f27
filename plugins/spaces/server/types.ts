import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';

/** A partition of connectors and workflows. The `default` space always exists. */
export interface Space {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  /** Which of Kibana's views the space was made for; kept and given back, without effect here. */
  readonly solution?: string | undefined;
  readonly disabledFeatures: readonly string[];
}

/** What spaces offers while plugins set up. */
export interface SpacesSetup {
  /** Adds what must go when a space is deleted, before its document goes. */
  onSpaceDelete(listener: (spaceId: string) => Promise<void>): void;
}

/** What spaces offers once started. */
export interface SpacesStart {
  /** Whether the space may be entered; at most 2 seconds behind other processes. A space being deleted does not exist. */
  exists(spaceId: string): Promise<boolean>;
}

/** What spaces needs while it sets up. */
export interface SpacesSetupDeps {
  readonly security: SecuritySetup;
}

/** What spaces needs once started. */
export interface SpacesStartDeps {
  readonly security: SecurityStart;
}
