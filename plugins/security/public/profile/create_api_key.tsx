import { useCore } from '@latchkey/core/public';
import { useSingleMutation } from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createApiKey } from '../../common/index.ts';
import { featuresQuery, securityKeys, spacesQuery } from '../security_queries.ts';
import { useServices } from '../services.ts';
import { ApiKeyFlyout } from './api_key_flyout.tsx';
import { type ApiKeyValues, apiKeyBody, readApiKeyLimits } from './api_key_form.ts';
import { CreatedKeyFlyout } from './created_key_flyout.tsx';

/** Flyout that creates a key and then shows it once. */
export function CreateApiKey({ onClose }: { readonly onClose: () => void }) {
  const { http, boot } = useCore();
  const { listSpaces } = useServices();
  const queryClient = useQueryClient();
  const features = useQuery(featuresQuery(http));
  const spaces = useQuery(spacesQuery(http, listSpaces));
  const { mutate, data, error, isPending, reset } = useSingleMutation({
    mutationFn: (values: ApiKeyValues) => http.call(createApiKey, { body: apiKeyBody(values) }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: securityKeys.apiKeys() }),
    // The response contains the secret, so it is removed from memory when the flyout closes.
    gcTime: 0,
  });
  if (data !== undefined) {
    const close = () => {
      reset();
      onClose();
    };
    return <CreatedKeyFlyout name={data.name} encoded={data.encoded} onClose={close} />;
  }
  return (
    <ApiKeyFlyout
      features={features.data ?? []}
      spaces={spaces.data ?? []}
      maxDays={readApiKeyLimits(boot).maxDays}
      error={error}
      isSaving={isPending}
      onSubmit={(values, onSaved) => mutate(values, { onSuccess: onSaved })}
      onClose={onClose}
    />
  );
}
