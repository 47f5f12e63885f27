import { decideAccountChange, getAccountChange } from '@latchkey/actions-plugin/common';
import { useCore } from '@latchkey/core/public';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { AccountChange } from '../authorization/index.ts';
import { useServices } from '../services.ts';

/**
 * A change of account about which the user has to decide, and the function that sends the decision.
 */
export interface AccountDecisionState {
  /** The change of account. `undefined`: there is none, or it is being read. */
  readonly pending: (AccountChange & { readonly expiresAt: number }) | undefined;
  readonly isDeciding: boolean;
  readonly isFailed: boolean;
  readonly decide: (decision: 'keep' | 'change', change: AccountChange) => void;
}

/** @param changeId id of the pending change; `undefined`: there is none */
export function useAccountDecision(
  connectorId: string,
  changeId: string | undefined,
): AccountDecisionState {
  const { http, queryClient } = useCore();
  const { attempts, changes } = useServices();
  const { data } = useQuery(
    queryOptions({
      // Not below `connectionKeys.all`: the server removes the change at the decision, so reading
      // it again with the connections would fail.
      queryKey: ['connectorsUi', 'account_change', connectorId, changeId],
      queryFn: ({ signal }) => http.call(getAccountChange, { params: { connectorId }, signal }),
      enabled: changeId !== undefined,
      staleTime: Number.POSITIVE_INFINITY,
    }),
    queryClient,
  );
  const { mutate, isPending, isError } = useMutation(
    {
      mutationFn: (body: { decision: 'keep' | 'change'; flow_id: string }) =>
        http.call(decideAccountChange, { params: { connectorId }, body }),
      onSettled: () => {
        attempts.ask(connectorId);
        changes.announce();
      },
    },
    queryClient,
  );
  return {
    pending:
      data === undefined || changeId === undefined
        ? undefined
        : {
            flowId: data.flow_id,
            connectedAccount: data.connected_account.label,
            newAccount: data.new_account?.label,
            canChange: data.can_change,
            expiresAt: Date.parse(data.expires_at),
          },
    isDeciding: isPending,
    isFailed: isError,
    decide: (decision, { flowId }) => mutate({ decision, flow_id: flowId }),
  };
}
