import type { HttpClient, UserSettings } from '@latchkey/core/public';
import { getUserSettings, putUserSettings } from '../common/index.ts';

/** Saves changed settings. The route replaces all of them, so the others are read before. */
export async function saveUserSettings(
  http: HttpClient,
  changes: Partial<UserSettings>,
): Promise<void> {
  const stored = await http.call(getUserSettings);
  await http.call(putUserSettings, { body: { ...stored, ...changes } });
}
