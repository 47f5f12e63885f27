import { useQueries, useQuery } from '@tanstack/react-query';
import {
  type ConnectorUses,
  type ConnectorUsesRegistry,
  joinUses,
} from '../connector_uses/index.ts';
import { useServices } from '../services.ts';

/**
 * The uses of a connector. `undefined`: not known, because it is still read, could not be read, or
 * no plugin knows.
 * @param options `isNeeded`: only then it is read
 */
export function useConnectorUses(
  connectorId: string,
  { isNeeded }: { readonly isNeeded: boolean },
): ConnectorUses | undefined {
  const { uses } = useServices();
  const { data } = useQuery({ ...usesQuery(uses, connectorId), enabled: isNeeded });
  return data ?? undefined;
}

/**
 * The uses of several connectors together. `undefined`: those of at least one are not known, as for
 * {@link useConnectorUses}.
 */
export function useUsesOfConnectors(connectorIds: readonly string[]): ConnectorUses | undefined {
  const { uses } = useServices();
  return useQueries({
    queries: connectorIds.map((id) => usesQuery(uses, id)),
    combine: (results) => {
      const known = results.flatMap(({ data }) => data ?? []);
      return known.length === connectorIds.length ? joinUses(known) : undefined;
    },
  });
}

const usesQuery = (uses: ConnectorUsesRegistry, connectorId: string) => ({
  queryKey: ['connectorsUi', 'uses', connectorId],
  queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
    (await uses.load(connectorId, signal)) ?? null,
  staleTime: 0,
});
