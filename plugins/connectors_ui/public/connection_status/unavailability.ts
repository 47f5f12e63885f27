import { actionsBrowserSettings } from '@latchkey/actions-plugin/common';
import type { BootData } from '@latchkey/core/common';
import type { OverviewConnector, OverviewType } from './overview_queries.ts';

/** Setting of the server without which something cannot be used. */
export type Unavailability = 'ears' | 'public_base_url';

/** Parts of connectors that the server's settings make unavailable. `undefined`: usable. */
export interface Unavailabilities {
  /** A way to authenticate, by its id. */
  ofAuthType(authType: string): Unavailability | undefined;
  /** A type, none of whose ways to authenticate can be used. */
  ofType(type: Pick<OverviewType, 'auth_types'>): Unavailability | undefined;
  /** The authorization of an existing connector. */
  ofConnector(
    connector: Pick<OverviewConnector, 'auth_mode' | 'config'>,
  ): Unavailability | undefined;
}

const EARS = 'ears';

/**
 * * Reads the boot data, so that a page knows them before its first request. Boot data of an older
 * server makes nothing unavailable.
 */
export function unavailabilities(
  boot: Pick<BootData, 'plugins' | 'hasPublicBaseUrl'>,
): Unavailabilities {
  const { data } = actionsBrowserSettings.safeParse(boot.plugins['actions']);
  const isEarsMissing = data?.isEarsAvailable === false;
  const ofAuthType = (authType: string) =>
    authType === EARS && isEarsMissing ? ('ears' as const) : undefined;
  return {
    ofAuthType,
    ofType: ({ auth_types: all }) => {
      const offered = all.filter(({ is_legacy: isLegacy }) => !isLegacy);
      const [first, ...others] = offered.map(({ id }) => ofAuthType(id));
      return others.every((reason) => reason !== undefined) ? first : undefined;
    },
    ofConnector: ({ auth_mode: mode, config }) => {
      const ofAuth = ofAuthType(String(config?.['authType'] ?? ''));
      if (ofAuth !== undefined) return ofAuth;
      return mode === 'per-user' && !boot.hasPublicBaseUrl ? 'public_base_url' : undefined;
    },
  };
}
