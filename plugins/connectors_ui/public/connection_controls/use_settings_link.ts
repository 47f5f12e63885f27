import { type AppLink, useAppLink, useCore } from '@latchkey/core/public';

/** Link to the settings of a connector. `undefined`: the user may not change them. */
export function useSettingsLink(connectorId: string): AppLink | undefined {
  const { application } = useCore();
  const link = useAppLink();
  if (!application.can('actions:update')) return undefined;
  return link(`/app/connectors?${new URLSearchParams({ edit: connectorId })}`);
}
