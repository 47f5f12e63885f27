import { validateConnector } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { CopyField } from './copy_field.tsx';

const messages = defineMessages({
  label: { id: 'connectorsUi.callbackUrl.label', defaultMessage: 'Callback URL' },
  help: {
    id: 'connectorsUi.callbackUrl.help',
    defaultMessage:
      'Register exactly this address as redirect URI of your OAuth app at the provider, before users connect.',
  },
});

/** The redirect URI to register at the provider. */
export function CallbackUrl({ url }: { readonly url: string }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <CopyField
      label={formatMessage(messages.label)}
      value={url}
      helpText={formatMessage(messages.help)}
    />
  );
}

/** Values on which the redirect URI depends. None is a credential. */
export interface CallbackInput {
  readonly connectorTypeId: string;
  /** `undefined`: this auth type has no redirect URI. */
  readonly secrets: { readonly authType: string; readonly tokenUrl?: string } | undefined;
}

/**
 * Redirect URI of a connector that is not saved yet. Asks the server, which alone knows how it is
 * built.
 * @returns `undefined`: not known, or there is none
 */
export function useCallbackUrl({ connectorTypeId, secrets }: CallbackInput): string | undefined {
  const { http } = useCore();
  const { data } = useQuery({
    queryKey: ['connectorsUi', 'callbackUrl', connectorTypeId, secrets],
    queryFn: ({ signal }) =>
      http.call(validateConnector, {
        body: { connector_type_id: connectorTypeId, secrets: { ...secrets } },
        signal,
      }),
    select: ({ callback_url: url }) => url,
    enabled: secrets !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return secrets === undefined ? undefined : data;
}
