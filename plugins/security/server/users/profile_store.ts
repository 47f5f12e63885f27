import { isSavedObjectError, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { DEFAULT_USER_SETTINGS, type UserSettings, userSettings } from '../../common/index.ts';
import { USER_PROFILE_TYPE } from './user_types.ts';

/** Stored attributes of a profile. `undefined`: the attribute has never been written. */
type ProfileAttributes = {
  readonly username: string;
  readonly settings?: { readonly theme: string; readonly language: string };
  readonly lastLoginAt?: string;
};

/** Personal data of users, by profile uid. The user store creates and removes the profiles. */
export class ProfileStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  /**
   * Settings of a user. Defaults are returned for a deleted user, and for values that this build
   * does not know.
   */
  async settingsOf(profileUid: string): Promise<UserSettings> {
    const found = await this.#repository().getIfExists<ProfileAttributes>(
      USER_PROFILE_TYPE,
      profileUid,
    );
    return readSettings(found?.attributes.settings);
  }

  /** Stores settings. `false`: the user was deleted. */
  saveSettings(profileUid: string, settings: UserSettings): Promise<boolean> {
    return this.#update(profileUid, { settings });
  }

  /** Stores the time of a login. `false`: the user was deleted. */
  recordLogin(profileUid: string, at: Date): Promise<boolean> {
    return this.#update(profileUid, { lastLoginAt: at.toISOString() });
  }

  /** Times of the last logins, by profile uid. Users who have never signed in are left out. */
  async lastLoginsOf(profileUids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const profiles = await this.#repository().bulkGet<ProfileAttributes>(
      profileUids.map((id) => ({ type: USER_PROFILE_TYPE, id })),
    );
    return new Map(
      profiles.flatMap((profile) => {
        const at = profile?.attributes.lastLoginAt;
        return profile === undefined || at === undefined ? [] : [[profile.id, new Date(at)]];
      }),
    );
  }

  async #update(
    profileUid: string,
    changes: Pick<ProfileAttributes, 'settings' | 'lastLoginAt'>,
  ): Promise<boolean> {
    try {
      await this.#repository().update<ProfileAttributes>(USER_PROFILE_TYPE, profileUid, changes);
      return true;
    } catch (error) {
      if (!isSavedObjectError(error, 'not_found')) throw error;
      return false;
    }
  }
}

function readSettings(stored: ProfileAttributes['settings']): UserSettings {
  const { theme, language } = userSettings.shape;
  return {
    theme: theme.catch(DEFAULT_USER_SETTINGS.theme).parse(stored?.theme),
    language: language.catch(DEFAULT_USER_SETTINGS.language).parse(stored?.language),
  };
}
