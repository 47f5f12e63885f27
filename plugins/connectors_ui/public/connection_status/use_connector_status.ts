import { useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { Connection } from './connection.ts';
import { type Overview, overviewQuery } from './overview_queries.ts';

/** Result of {@link useConnectorStatus}. */
export interface ConnectorStatus {
  /**
   * The user's connection. `undefined`: it is loading, could not be loaded, or there is no such
   * connector.
   */
  readonly connection: Connection | undefined;
  readonly isLoading: boolean;
  /** `true`: the status could not be read. */
  readonly isFailed: boolean;
}

/** The current user's connection to a connector. All callers share one request. */
export function useConnectorStatus(connectorId: string): ConnectorStatus {
  const core = useCore();
  const { data, isPending, isError } = useQuery(
    { ...overviewQuery(core.http), select: selectConnection(connectorId) },
    core.queryClient,
  );
  return {
    connection: data?.connection,
    isLoading: isPending,
    isFailed: isError || data?.isReadable === false,
  };
}

const selectConnection =
  (connectorId: string) =>
  ({ connections }: Overview) => ({
    connection: connections?.get(connectorId),
    isReadable: connections !== undefined,
  });
