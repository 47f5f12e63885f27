import { useQuery } from '@tanstack/react-query';
import type { ConnectorUses } from '../connector_uses/index.ts';
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
  const { data } = useQuery({
    queryKey: ['connectorsUi', 'uses', connectorId],
    queryFn: async ({ signal }) => (await uses.load(connectorId, signal)) ?? null,
    enabled: isNeeded,
    staleTime: 0,
  });
  return data ?? undefined;
}
