import type { BootDataPart, Principal } from '@latchkey/core/server';
import { type PageUserServices, readPageUser } from './page_user.ts';

/** Boot data about the user of a page: privileges in the space of the page, theme and language. */
export async function bootDataOf(
  services: PageUserServices,
  principal: Principal,
): Promise<BootDataPart> {
  const { user, settings, privileges } = await readPageUser(services, principal);
  if (user === undefined) return {};
  const { profileUid: _, roles, ...names } = user;
  const { theme, language } = settings;
  return {
    user: { ...names, roles: [...roles], privileges: [...privileges] },
    theme,
    ...(language === 'browser' ? {} : { language }),
  };
}
