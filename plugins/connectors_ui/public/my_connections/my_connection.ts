import { usesOAuthAuthorizationCode } from '../authorization/index.ts';
import type {
  AttentionItem,
  Connection,
  Overview,
  Unavailabilities,
  Unavailability,
} from '../connection_status/index.ts';
import { hasUsableType } from '../connection_status/index.ts';

/** A connector as the page shows it. */
export interface MyConnection {
  readonly id: string;
  readonly name: string;
  /** Name of the connector type. `undefined`: the types could not be read. */
  readonly typeName: string | undefined;
  /** Name of an EUI icon. */
  readonly icon: string;
  /** `true`: the type has a test that changes nothing at the service. */
  readonly isTestable: boolean;
  /** The user's connection. `undefined`: the status could not be read. */
  readonly connection: Connection | undefined;
  /** Reason why the connection requires an action of the user. `undefined`: it requires none. */
  readonly reason: AttentionItem['reason'] | undefined;
  /** Reason why no user can connect. `undefined`: users can connect. */
  readonly unavailable: Unavailability | undefined;
}

/** Connectors of the page by section. */
export interface MyConnections {
  /** Connector that an invitation link has named, unless it is in `attention`. */
  readonly invited: MyConnection | undefined;
  /** Connections that require an action of the user. The most urgent one comes first. */
  readonly attention: readonly MyConnection[];
  /** Other connectors with an account of each user. Connected ones come first. */
  readonly personal: readonly MyConnection[];
  /** Connectors with one account for all users. */
  readonly shared: readonly MyConnection[];
}

/**
 * Divides connectors into the sections of the page. `undefined`: the connectors could not be read.
 * @param invitedId connector that an invitation link has named; `undefined`: none
 */
export function toMyConnections(
  overview: Overview,
  invitedId?: string,
  unavailable: Unavailabilities['ofConnector'] = () => undefined,
): MyConnections | undefined {
  const { connectors, types, connections, attention = [] } = overview;
  if (connectors === undefined) return undefined;
  const reasons = new Map(attention.map(({ connector_id: id, reason }) => [id, reason]));
  const all = connectors.map((connector) => {
    const type = types?.get(connector.connector_type_id);
    const reason = unavailable(connector, types);
    const item: MyConnection = {
      id: connector.id,
      name: connector.name,
      typeName: type?.name,
      icon: type?.icon ?? 'plugs',
      isTestable: type?.is_testable === true && hasUsableType({ unavailable: reason }),
      connection: connections?.get(connector.id),
      reason: reasons.get(connector.id),
      unavailable: reason,
    };
    return { item, isPersonal: usesOAuthAuthorizationCode(connector) };
  });
  const personal = all.filter(({ isPersonal }) => isPersonal).map(({ item }) => item);
  const order = attention.map(({ connector_id: id }) => id);
  const isInvited = ({ id, reason }: MyConnection) => id === invitedId && reason === undefined;
  return {
    invited: personal.find(isInvited),
    attention: personal
      .filter(({ reason }) => reason !== undefined)
      .sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id)),
    personal: personal
      .filter((item) => item.reason === undefined && !isInvited(item))
      .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name)),
    shared: all.filter(({ isPersonal }) => !isPersonal).map(({ item }) => item),
  };
}

/**
 * Connectors whose name, type or account contains a text; upper and lower case count as equal. An
 * empty string matches all.
 */
export function matching(
  { attention, personal, shared }: MyConnections,
  text: string,
): Omit<MyConnections, 'invited'> {
  const sought = text.trim().toLowerCase();
  const isMatch = ({ name, typeName, connection }: MyConnection): boolean =>
    [name, typeName, connection?.account].some((one) => one?.toLowerCase().includes(sought));
  return {
    attention: attention.filter(isMatch),
    personal: personal.filter(isMatch),
    shared: shared.filter(isMatch),
  };
}

/** Sort order: connected connectors come first, because users usually look for these. */
function rank({ connection }: MyConnection): number {
  const status = connection?.status;
  return status === 'connected' || status === 'refresh_failing' ? 0 : 1;
}
