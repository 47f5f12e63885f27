import { chooseSite } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useDialogResult } from '@latchkey/core/public/page_parts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { errorText, failureOf } from '../error_text.ts';
import { useServices } from '../services.ts';
import type { SiteDialogProps } from './site_dialog.tsx';
import { type Site, sitesQuery } from './site_queries.ts';

const messages = defineMessages({
  chosen: { id: 'connectorsUi.site.chosen', defaultMessage: '{name} uses the site {site}' },
  failed: { id: 'connectorsUi.site.failed', defaultMessage: 'The site was not changed' },
});

/** The connector for which the user chooses a site. */
export interface SiteChoiceProps {
  readonly connectorId: string;
  readonly connectorName: string;
  /** Called after the choice was saved. */
  readonly onChosen?: (() => void) | undefined;
}

/** Properties of the dialog that its caller does not set. */
interface SiteChoiceState
  extends Pick<SiteDialogProps, 'sites' | 'isSaving' | 'failure' | 'onChoose' | 'onRetry'> {
  readonly close: () => void;
}

/**
 * State of the dialog in which the user chooses a site. If the dialog is closed before the
 * response, a toast shows the result.
 */
export function useSiteChoice(
  { connectorId, connectorName, onChosen }: SiteChoiceProps,
  onClose: () => void,
): SiteChoiceState {
  const intl = useIntl();
  const { http, queryClient, feedback } = useCore();
  const { changes } = useServices();
  const dialog = useDialogResult();
  const [failure, setFailure] = useState<SiteDialogProps['failure']>();
  const { data, error, isFetching, refetch } = useQuery(sitesQuery(http, connectorId), queryClient);
  const { mutate, isPending } = useMutation(
    {
      mutationFn: ({ id }: Site) =>
        http.call(chooseSite, { params: { connectorId }, body: { site_id: id } }),
      onMutate: () => {
        setFailure(undefined);
        return dialog.begin();
      },
      onSuccess: (_, site, running) => {
        feedback.toast({
          title: intl.formatMessage(messages.chosen, { name: connectorName, site: site.label }),
          color: 'success',
        });
        if (running.isOpen()) onClose();
        onChosen?.();
      },
      onError: (cause, _, running) => {
        const failed = failureOf(intl, intl.formatMessage(messages.failed), cause);
        running?.show({
          inDialog: () => setFailure(failed),
          toast: { ...failed, color: 'danger' },
        });
      },
      // Connections are read again even after a failure, because the response may have been lost.
      onSettled: changes.announce,
    },
    queryClient,
  );
  const close = () => {
    dialog.close();
    onClose();
  };
  return {
    sites:
      isFetching && data === undefined ? 'loading' : (data ?? { failure: errorText(intl, error) }),
    isSaving: isPending,
    failure,
    onChoose: (site) => mutate(site),
    onRetry: () => void refetch(),
    close,
  };
}
