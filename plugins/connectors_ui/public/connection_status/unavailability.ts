import { actionsBrowserSettings } from '@latchkey/actions-plugin/common';
import type { BootData } from '@latchkey/core/common';
import type {
  AttentionItem,
  Overview,
  OverviewConnector,
  OverviewType,
} from './overview_queries.ts';

/**
 * Reason why no user can use or connect something on this server. `ears`, `public_base_url`: this
 * setting is missing. `type_missing`: the server does not have the connector type. `type_disabled`:
 * the operator has disabled the type.
 */
export type Unavailability = 'ears' | 'public_base_url' | 'type_missing' | 'type_disabled';

/** Functions that tell what this server makes unavailable. `undefined`: it can be used. */
export interface Unavailabilities {
  /** Reason for an authentication type. `undefined`: it can be used. */
  ofAuthType(authType: string): Unavailability | undefined;
  /**
   * Reason for a connector type. `undefined`: at least one of its authentication types can be used.
   */
  ofType(type: Pick<OverviewType, 'auth_types'>): Unavailability | undefined;
  /**
   * Reason for an existing connector or its authorization.
   * @param types connector types; `undefined`: not known, so that no type counts as missing
   */
  ofConnector(
    connector: Pick<
      OverviewConnector,
      'auth_mode' | 'config' | 'connector_type_id' | 'is_preconfigured'
    >,
    types: Types,
  ): Unavailability | undefined;
}

type Types = ReadonlyMap<string, Pick<OverviewType, 'enabled'>> | undefined;

const EARS = 'ears';

/**
 * Reads the boot data, so that a page knows what is unavailable before its first request. With the
 * boot data of an older server, nothing is unavailable.
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
    ofConnector: ({ auth_mode: mode, config, ...connector }, types) => {
      const ofItsType = typeProblemOf(connector, types);
      if (ofItsType !== undefined) return ofItsType;
      const ofAuth = ofAuthType(String(config?.['authType'] ?? ''));
      if (ofAuth !== undefined) return ofAuth;
      return mode === 'per-user' && !boot.hasPublicBaseUrl ? 'public_base_url' : undefined;
    },
  };
}

/**
 * Problem with the type of a connector. Connectors in the operator's configuration work even if
 * their type is disabled.
 */
function typeProblemOf(
  connector: Pick<OverviewConnector, 'connector_type_id' | 'is_preconfigured'>,
  types: Types,
): Unavailability | undefined {
  if (types === undefined) return undefined;
  const type = types.get(connector.connector_type_id);
  if (type === undefined) return 'type_missing';
  return type.enabled || connector.is_preconfigured ? undefined : 'type_disabled';
}

/**
 * Returns `true` if the type of a connector can be used, at least with connections that already
 * exist.
 */
export function hasUsableType(connector: {
  readonly unavailable: Unavailability | undefined;
}): boolean {
  return connector.unavailable !== 'type_missing' && connector.unavailable !== 'type_disabled';
}

/** Connections that require an action of the user and that can be connected on this server. */
export function solvableAttention(
  { attention = [], connectors = [], types }: Pick<Overview, 'attention' | 'connectors' | 'types'>,
  unavailable: Unavailabilities['ofConnector'],
): readonly AttentionItem[] {
  const blocked = new Set(
    connectors.filter((one) => unavailable(one, types) !== undefined).map(({ id }) => id),
  );
  return attention.filter(({ connector_id: id }) => !blocked.has(id));
}
