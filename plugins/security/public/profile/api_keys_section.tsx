import { EuiButton, EuiSkeletonText, EuiText } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import { LoadFailure } from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { invalidateApiKeys, MANAGE_OWN_API_KEYS } from '../../common/index.ts';
import { failureOf, failureText } from '../failure_text.ts';
import { apiKeysQuery, securityKeys } from '../security_queries.ts';
import { readApiKeyLimits } from './api_key_form.ts';
import { ApiKeysTable, type ApiKeyView } from './api_keys_table.tsx';
import { Section } from './section.tsx';

const CreateApiKey = loadedDialog(async () => (await import('./create_api_key.tsx')).CreateApiKey);

const messages = defineMessages({
  title: { id: 'security.apiKeys.title', defaultMessage: 'API keys' },
  text: {
    id: 'security.apiKeys.text',
    defaultMessage: 'Let programs act in your name, without your password.',
  },
  deleteTitle: { id: 'security.apiKeys.deleteTitle', defaultMessage: 'Delete API key {name}?' },
  deleteText: {
    id: 'security.apiKeys.deleteText',
    defaultMessage: 'Programs that use it are refused immediately. This cannot be undone.',
  },
  deleteConfirm: { id: 'security.apiKeys.deleteConfirm', defaultMessage: 'Delete API key' },
  deleted: { id: 'security.apiKeys.deleted', defaultMessage: 'API key {name} deleted' },
  notDeleted: {
    id: 'security.apiKeys.notDeleted',
    defaultMessage: 'API key {name} was not deleted',
  },
});

/** Section with the API keys of the user. */
export function ApiKeysSection() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, application, boot } = useCore();
  const keys = useQuery(apiKeysQuery(http));
  const [isCreating, setCreating] = useState(false);
  const remove = useDeleteKey();
  const mayCreate = application.can(MANAGE_OWN_API_KEYS);
  const { maxKeys } = readApiKeyLimits(boot);
  const isFull = maxKeys !== undefined && (keys.data?.total ?? 0) >= maxKeys;
  return (
    <Section
      title={formatMessage(messages.title)}
      text={formatMessage(messages.text)}
      action={
        mayCreate && (
          <EuiButton size="s" iconType="plus" isDisabled={isFull} onClick={() => setCreating(true)}>
            <FormattedMessage id="security.apiKeys.create" defaultMessage="Create API key" />
          </EuiButton>
        )
      }
    >
      {keys.isPending && <EuiSkeletonText lines={2} />}
      {keys.isError && (
        <LoadFailure text={failureText(intl, keys.error)} onRetry={() => void keys.refetch()} />
      )}
      {!mayCreate && (
        <EuiText size="s">
          <p>
            <FormattedMessage
              id="security.apiKeys.notAllowed"
              defaultMessage="Your roles do not let you create API keys. Ask an administrator for a role with the feature “Own API keys”."
            />
          </p>
        </EuiText>
      )}
      {mayCreate && isFull && (
        <EuiText size="s">
          <p>
            <FormattedMessage
              id="security.apiKeys.full"
              defaultMessage="You have {maxKeys, plural, one {one API key} other {# API keys}}, as many as this server allows. Delete one to create another."
              values={{ maxKeys }}
            />
          </p>
        </EuiText>
      )}
      {keys.data !== undefined && (mayCreate || keys.data.apiKeys.length > 0) && (
        <ApiKeysTable keys={keys.data.apiKeys} onDelete={(key) => void remove(key)} />
      )}
      {isCreating && <CreateApiKey onClose={() => setCreating(false)} />}
    </Section>
  );
}

/** Returns a function that asks the user and then deletes a key. */
function useDeleteKey(): (key: ApiKeyView) => Promise<void> {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  return async ({ id, name }) => {
    const isDeleted = await feedback.confirm({
      title: formatMessage(messages.deleteTitle, { name: <bdi>{name}</bdi> }),
      text: formatMessage(messages.deleteText),
      confirmLabel: formatMessage(messages.deleteConfirm),
      color: 'danger',
      action: {
        run: async () => {
          const body = { apiKeys: [{ id, name }] };
          const { errors } = await http.call(invalidateApiKeys, { body });
          if (errors.length > 0) throw new Error('The server did not delete the API key.');
        },
        failureOf: failureOf(intl, messages.notDeleted, { name }),
      },
    });
    if (isDeleted) {
      feedback.toast({ title: formatMessage(messages.deleted, { name }), color: 'success' });
    }
    await queryClient.invalidateQueries({ queryKey: securityKeys.apiKeys() });
  };
}
