import { startRevocationJob } from '@latchkey/actions-plugin/common';
import { useCore } from '@latchkey/core/public';
import { useDialogResult } from '@latchkey/core/public/page_parts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { connectionKeys } from '../connection_status/index.ts';
import { connectorKeys } from '../connector_data/index.ts';
import { errorText, failureOf } from '../error_text.ts';
import type { GrantFilter } from './grant_filter.ts';
import { countQuery, grantKeys, type RevocationScope } from './grant_queries.ts';
import { notEnded, type RevocationDialogProps } from './revocation_dialog.tsx';

/** Selects the authorizations that this page can end with one job. */
export type PageRevocationScope = Exclude<RevocationScope, { readonly type: 'provider' }>;

/**
 * State of a mass revocation from the question to its start. Afterwards, the list of jobs shows its
 * progress.
 * @param nameOf returns the name of the connector or user. Called at each rendering, because names
 * may be loaded after the dialog has opened
 */
export function useRevocation(nameOf: (scope: PageRevocationScope) => string): {
  readonly ask: (scope: PageRevocationScope) => void;
  /** Properties of the dialog. `undefined`: the dialog is closed. */
  readonly dialog: RevocationDialogProps | undefined;
} {
  const { http, queryClient } = useCore();
  const intl = useIntl();
  const [scope, setScope] = useState<PageRevocationScope>();
  const count = useQuery(countQuery(http, scope));
  const opened = useDialogResult();
  const close = () => {
    opened.close();
    setScope(undefined);
  };
  const failureIn = (errors: { readonly start: unknown; readonly count: unknown }) => {
    const title = intl.formatMessage(notEnded);
    if (errors.start !== null) return failureOf(intl, title, errors.start);
    return errors.count === null ? undefined : { title, text: errorText(intl, errors.count) };
  };
  const start = useMutation({
    mutationFn: (confirmed: PageRevocationScope) =>
      http.call(startRevocationJob, { body: { scope: confirmed } }),
    onMutate: () => opened.begin(),
    onError: (error, _, dialog) => {
      const failure = failureOf(intl, intl.formatMessage(notEnded), error);
      dialog?.show({ toast: { ...failure, color: 'danger' } });
    },
    onSuccess: (_, __, dialog) => {
      if (dialog.isOpen()) close();
    },
    // The list of jobs is loaded again even after a failure, because the response may have been
    // lost.
    onSettled: () =>
      Promise.all(
        [grantKeys.all, connectorKeys.all, connectionKeys.all].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
  });
  return {
    ask: (asked) => {
      start.reset();
      opened.open();
      setScope(asked);
    },
    dialog: scope && {
      scope: scope.type,
      name: nameOf(scope),
      count: count.data,
      isStarting: start.isPending,
      failure: failureIn({ start: start.error, count: count.error }),
      onConfirm: () => start.mutate(scope),
      onClose: close,
    },
  };
}

/**
 * The mass revocation that ends exactly what the filter selects. `undefined`: no job can do this,
 * so the administrator selects rows instead.
 */
export function revocationOf(
  filter: Pick<GrantFilter, 'connectorId' | 'userId' | 'search' | 'status'>,
): PageRevocationScope | undefined {
  const { connectorId, userId, search, status } = filter;
  if (search.trim() !== '') return undefined;
  if (status !== undefined || (connectorId !== undefined && userId !== undefined)) return undefined;
  if (connectorId !== undefined) return { type: 'connector', connector_id: connectorId };
  return userId === undefined ? { type: 'all' } : { type: 'user', profile_uid: userId };
}
