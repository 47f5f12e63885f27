import { type Router, respond } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { findGrants, GRANT_STATES } from '../../../common/index.ts';
import { type GrantRouteServices, nameOf, toGrantBody } from './grant_routes.ts';
import { shownPage } from './page_query.ts';

/** Services that the handler of {@link findGrants} calls. */
export interface FindGrantsServices
  extends Pick<GrantRouteServices, 'connections' | 'revocationJobAudit'> {
  readonly users: Pick<SecurityStart, 'getActiveUser' | 'findProfileUids'>;
  /**
   * Returns the names, by id, of the connectors of a space to which users connect their own
   * account.
   */
  readonly personalConnectors: (spaceId: string) => Promise<ReadonlyMap<string, string>>;
}

/** Attribute of grants by which each sort field of the API sorts. */
const SORT_FIELDS = {
  connected_at: 'createdAt',
  last_used_at: 'lastUsedAt',
  status: 'status',
} as const;

/**
 * Maximum number of users that a search by name covers. It bounds the length of the filter in the
 * search for grants.
 */
const MAX_NAMED = 500;

/**
 * Registers the route that searches the grants of all connectors of a space, for administrators.
 */
export function registerFindGrantsRoute(router: Router<FindGrantsServices>): void {
  router.handle(findGrants, async (request, services) => {
    const { connections, personalConnectors, users, revocationJobAudit } = services;
    const { query, spaceId } = request;
    const { connector_id: wanted, profile_uid: profileUid, status } = query;
    const names = await personalConnectors(spaceId);
    const ids = wanted === undefined ? [...names.keys()] : [wanted].filter((id) => names.has(id));
    const { isShown, page, perPage } = shownPage(query);
    const { profileUids, isCut } = await wantedUsers(query, users);
    const sort = { field: SORT_FIELDS[query.sort_field], order: query.sort_order } as const;
    const { views, total } = await connections.search(
      {
        connectorIds: ids,
        profileUids,
        states: status === undefined ? GRANT_STATES : [status],
      },
      { page, perPage, sort },
    );
    revocationJobAudit.searched(request);
    const shown = isShown ? views : [];
    const owners = await namesOf([...shown.map((view) => view.profileUid), profileUid], users);
    const username = profileUid === undefined ? undefined : owners.get(profileUid);
    return respond.ok({
      grants: shown.map((view) => ({
        ...toGrantBody(view, owners.get(view.profileUid)),
        connector_id: view.connectorId,
        connector_name: names.get(view.connectorId) ?? view.connectorId,
        ...(view.account === undefined ? {} : { account: view.account.label }),
      })),
      total,
      page: query.page,
      per_page: query.per_page,
      ...(username === undefined ? {} : { username }),
      ...(isCut ? { users_cut_to: MAX_NAMED } : {}),
    });
  });
}

/**
 * The users whose grants a search returns. Removed users have no name, so a search by name does not
 * find them.
 */
interface WantedUsers {
  /** Profile uids of the users. `undefined`: all users. */
  readonly profileUids: readonly string[] | undefined;
  /** `true`: the name matches further users, which the search does not cover. */
  readonly isCut: boolean;
}

async function wantedUsers(
  query: { readonly profile_uid?: string | undefined; readonly user?: string | undefined },
  users: FindGrantsServices['users'],
): Promise<WantedUsers> {
  const { profile_uid: profileUid, user } = query;
  if (profileUid !== undefined) {
    const isNamed = user === undefined || hasName(await users.getActiveUser(profileUid), user);
    return { profileUids: isNamed ? [profileUid] : [], isCut: false };
  }
  if (user === undefined) return { profileUids: undefined, isCut: false };
  const named = await users.findProfileUids(user, MAX_NAMED + 1);
  return { profileUids: named.slice(0, MAX_NAMED), isCut: named.length > MAX_NAMED };
}

/**
 * Returns `true` if the name of a user contains the text, as in {@link
 * SecurityStart.findProfileUids}.
 */
function hasName(
  user: { readonly username: string; readonly fullName?: string | undefined } | undefined,
  text: string,
): boolean {
  return [user?.username, user?.fullName].some(
    (name) => name?.toLowerCase().includes(text.toLowerCase()) === true,
  );
}

/** Returns the names of users by profile uid. Reads each user once. */
async function namesOf(
  profileUids: readonly (string | undefined)[],
  users: GrantRouteServices['users'],
): Promise<ReadonlyMap<string, string | undefined>> {
  const different = [...new Set(profileUids.filter((uid) => uid !== undefined))];
  return new Map(
    await Promise.all(different.map(async (uid) => [uid, await nameOf(uid, users)] as const)),
  );
}
