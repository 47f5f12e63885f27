import { executeConnector } from '@latchkey/actions-plugin/common';
import { PROVIDER_TIMEOUT_MS, useCore } from '@latchkey/core/public';
import { useMutation } from '@tanstack/react-query';
import { reasonOf } from '../authorization/index.ts';
import { useServices } from '../services.ts';

/** Result of a connection test. */
export type TestResult =
  | { readonly status: 'ok' }
  | {
      readonly status: 'failed';
      /** Error code. `undefined`: the service itself refused the call. */
      readonly reason: string | undefined;
    };

/** State of the test of a connection. */
export interface ConnectionTest {
  readonly isTesting: boolean;
  /** Result of the last test. `undefined`: not tested yet. */
  readonly result: TestResult | undefined;
  readonly test: () => void;
  readonly dismiss: () => void;
}

/** Tests the current user's connection by a call that changes nothing at the service. */
export function useConnectionTest(connectorId: string): ConnectionTest {
  const { http, queryClient } = useCore();
  const { changes } = useServices();
  const { mutate, reset, data, isPending } = useMutation(
    {
      mutationFn: async (): Promise<TestResult> => {
        try {
          const { status, authorization_reason: reason } = await http.call(executeConnector, {
            timeoutMs: PROVIDER_TIMEOUT_MS,
            params: { id: connectorId },
            body: { params: { subAction: '_test', subActionParams: {} } },
          });
          return status === 'ok' ? { status: 'ok' } : { status: 'failed', reason };
        } catch (error) {
          return { status: 'failed', reason: reasonOf(error) };
        }
      },
      // The test may have found out that the authorization has ended, so connections are read
      // again.
      onSettled: changes.announce,
    },
    queryClient,
  );
  return { isTesting: isPending, result: data, test: () => mutate(), dismiss: reset };
}
