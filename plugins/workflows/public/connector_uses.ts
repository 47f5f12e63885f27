import type { ConnectorsUiStart } from '@latchkey/connectors-ui-plugin/public';
import type { CoreStart } from '@latchkey/core/public';
import { listConnectorUses } from '../common/index.ts';

/**
 * Reads the workflows that use a connector. A workflow counts as scheduled if it is enabled and its
 * schedule runs as the current user.
 */
export function connectorUses({
  http,
  boot,
}: Pick<CoreStart, 'http' | 'boot'>): Parameters<ConnectorsUiStart['registerUses']>[0] {
  return async (connectorId, signal) => {
    const { total, results } = await http.call(listConnectorUses, {
      query: { connectorId },
      signal,
    });
    const uses = results.map(({ id, name, enabled, scheduledAs }) => ({
      id,
      name,
      isScheduled: enabled && scheduledAs === boot.user.username,
    }));
    return { total, uses };
  };
}
