import { defineMessages } from '@latchkey/core/public';
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

/** Shows the redirect URI that has to be registered at the provider. */
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
