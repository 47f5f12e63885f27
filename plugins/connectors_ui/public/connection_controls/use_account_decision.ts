import { decideAccountChange, getAccountChange } from '@latchkey/actions-plugin/common';
import { useCore } from '@latchkey/core/public';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { AccountChange } from '../authorization/index.ts';
import { connectionKeys } from '../connection_status/index.ts';
import { useServices } from '../services.ts';

/** A change of account that waits for the user, and the way to decide about it. */
export interface AccountDecisionState {
  /** `undefined`: there is none, or it is being read. */
  readonly pending: (AccountChange & { readonly expiresAt: number }) | undefined;
  readonly isDeciding: boolean;
  readonly isFailed: boolean;
  readonly decide: (decision: 'keep' | 'change', change: AccountChange) => void;
}

/** @param isExpected `true`: the connection has a change that waits */
export function useAccountDecision(connectorId: string, isExpected: boolean): AccountDecisionState {
  const { http, queryClient } = useCore();
  const { attempts, changes } = useServices();
  const { data } = useQuery(
    queryOptions({
      queryKey: [...connectionKeys.all, 'account_change', connectorId],
      queryFn: ({ signal }) => http.call(getAccountChange, { params: { connectorId }, signal }),
      enabled: isExpected,
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
      data === undefined || !isExpected
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
