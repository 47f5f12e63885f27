import { useCore } from '@latchkey/core/public';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { preflightWorkflow, validateWorkflowYaml } from '../../common/index.ts';
import { workflowKeys } from '../workflow_data/index.ts';
import type { Preflight } from './step_connection.ts';
import type { Problem } from './text/index.ts';
import { useSettled } from './use_settled.ts';

/** Pause between a change and the request to the server, in milliseconds. */
const PAUSE_MS = 700;

/** Results of the checks of the server. */
export interface ServerChecks {
  /** Problems of exactly the current text. `undefined`: not known yet, or the request failed. */
  readonly problems: readonly Problem[] | undefined;
  /** Connectors of the current text or of an earlier one. `undefined`: not known yet. */
  readonly preflight: Preflight | undefined;
  /** Requests the connectors again, after the user has connected an account. */
  readonly checkAgain: () => void;
}

/** Lets the server check a text after it has not changed for {@link PAUSE_MS}. */
export function useServerChecks(text: string): ServerChecks {
  const { http } = useCore();
  const settled = useSettled(text, PAUSE_MS);
  const options = {
    enabled: settled.trim() !== '',
    gcTime: 0,
    refetchOnWindowFocus: false,
  } as const;
  const validation = useQuery({
    queryKey: workflowKeys.validation(settled),
    queryFn: ({ signal }) => http.call(validateWorkflowYaml, { body: { yaml: settled }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    ...options,
  });
  const preflight = useQuery({
    queryKey: workflowKeys.preflight(settled),
    queryFn: ({ signal }) => http.call(preflightWorkflow, { body: { yaml: settled }, signal }),
    placeholderData: keepPreviousData,
    ...options,
    // The user may have connected an account in another tab.
    refetchOnWindowFocus: true,
  });
  const { refetch } = preflight;
  const checkAgain = useCallback(() => void refetch(), [refetch]);
  return {
    problems: settled === text ? validation.data?.diagnostics : undefined,
    preflight: preflight.data,
    checkAgain,
  };
}
