import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';

/** A partition of connectors and workflows. The `default` space always exists. */
export interface Space {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  readonly disabledFeatures: readonly string[];
}

export interface SpacesSetup {
  /** Adds what must go when a space is deleted, before its document goes. */
  onSpaceDelete(listener: (spaceId: string) => Promise<void>): void;
}

export interface SpacesStart {
  exists(spaceId: string): Promise<boolean>;
}

export interface SpacesSetupDeps {
  readonly security: SecuritySetup;
}

export interface SpacesStartDeps {
  readonly security: SecurityStart;
}
