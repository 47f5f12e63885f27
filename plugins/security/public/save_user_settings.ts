import type { HttpClient, UserSettings } from '@latchkey/core/public';
import { getUserSettings, putUserSettings } from '../common/index.ts';

/**
 * Saves changed settings. The route replaces all settings, so the unchanged ones are read first.
 */
export async function saveUserSettings(
  http: HttpClient,
  changes: Partial<UserSettings>,
): Promise<void> {
  const stored = await http.call(getUserSettings);
  await http.call(putUserSettings, { body: { ...stored, ...changes } });
}
