import { actionsBrowserSettings } from '@latchkey/actions-plugin/common';
import type { BootData } from '@latchkey/core/common';
import type {
  AttentionItem,
  Overview,
  OverviewConnector,
  OverviewType,
} from './overview_queries.ts';

/**
 * Reason why nobody can use or connect something on this server. `ears`, `public_base_url`: a
 * setting is missing. `type_missing`: the type of the connector does not exist here.
 * `type_disabled`: the operator disabled it.
 */
export type Unavailability = 'ears' | 'public_base_url' | 'type_missing' | 'type_disabled';

/** Parts of connectors that this server makes unavailable. `undefined`: usable. */
export interface Unavailabilities {
  /** A way to authenticate, by its id. `undefined`: it can be used. */
  ofAuthType(authType: string): Unavailability | undefined;
  /** A type, none of whose ways to authenticate can be used. */
  ofType(type: Pick<OverviewType, 'auth_types'>): Unavailability | undefined;
  /**
   * An existing connector, or its authorization.
   * @param types `undefined`: not known, so that none counts as missing
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
 * Reads the boot data, so that a page knows them before its first request. Boot data of an older
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
    ofConnector: ({ auth_mode: mode, config, ...connector }, types) => {
      const ofItsType = typeProblemOf(connector, types);
      if (ofItsType !== undefined) return ofItsType;
      const ofAuth = ofAuthType(String(config?.['authType'] ?? ''));
      if (ofAuth !== undefined) return ofAuth;
      return mode === 'per-user' && !boot.hasPublicBaseUrl ? 'public_base_url' : undefined;
    },
  };
}

/** The operator's own connectors work with a disabled type. */
function typeProblemOf(
  connector: Pick<OverviewConnector, 'connector_type_id' | 'is_preconfigured'>,
  types: Types,
): Unavailability | undefined {
  if (types === undefined) return undefined;
  const type = types.get(connector.connector_type_id);
  if (type === undefined) return 'type_missing';
  return type.enabled || connector.is_preconfigured ? undefined : 'type_disabled';
}

/** Tells if a connector can run, at least with a connection that exists already. */
export function hasUsableType(connector: {
  readonly unavailable: Unavailability | undefined;
}): boolean {
  return connector.unavailable !== 'type_missing' && connector.unavailable !== 'type_disabled';
}

/** Connections that need the user and that the user can connect on this server. */
export function solvableAttention(
  { attention = [], connectors = [], types }: Pick<Overview, 'attention' | 'connectors' | 'types'>,
  unavailable: Unavailabilities['ofConnector'],
): readonly AttentionItem[] {
  const blocked = new Set(
    connectors.filter((one) => unavailable(one, types) !== undefined).map(({ id }) => id),
  );
  return attention.filter(({ connector_id: id }) => !blocked.has(id));
}
