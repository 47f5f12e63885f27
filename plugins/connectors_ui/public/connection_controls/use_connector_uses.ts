import { useQueries, useQuery } from '@tanstack/react-query';
import {
  type ConnectorUses,
  type ConnectorUsesRegistry,
  joinUses,
} from '../connector_uses/index.ts';
import { useServices } from '../services.ts';

/**
 * Reads the workflows that use a connector. `undefined`: not known, because they are being read,
 * could not be read, or no plugin registered a reader.
 * @param options `isNeeded`: they are read only if it is true
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
