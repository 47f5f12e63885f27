import { useQueries } from '@tanstack/react-query';
import { type ConnectorUsesRegistry, joinUses, type UsesState } from '../connector_uses/index.ts';
import { useServices } from '../services.ts';

/**
 * Reads the workflows that use a connector.
 * @param options `isNeeded`: they are read only if it is true
 */
export const useConnectorUses = (
  connectorId: string,
  { isNeeded }: { readonly isNeeded: boolean },
): UsesState => useUsesOfConnectors(isNeeded ? [connectorId] : []);

/** The uses of several connectors together. They are known only if those of each are known. */
export function useUsesOfConnectors(connectorIds: readonly string[]): UsesState {
  const { uses } = useServices();
  return useQueries({
    queries: connectorIds.map((id) => usesQuery(uses, id)),
    combine: (results): UsesState => {
      const known = results.flatMap(({ data }) => data ?? []);
      const failed = results.filter(
        ({ data, errorUpdateCount }) => data === undefined && errorUpdateCount > 0,
      );
      return {
        known: known.length === connectorIds.length ? joinUses(known) : undefined,
        failure:
          failed.length === 0
            ? undefined
            : {
                isReading: failed.some(({ isFetching }) => isFetching),
                onRetry: () => {
                  for (const { refetch } of failed) void refetch();
                },
              },
      };
    },
  });
}

const usesQuery = (uses: ConnectorUsesRegistry, connectorId: string) => ({
  queryKey: ['connectorsUi', 'uses', connectorId],
  queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
    (await uses.load(connectorId, signal)) ?? null,
  staleTime: 0,
});
