import type { StatusReport } from './status_service.ts';
import type { ServiceStatus, StatusLevel } from './types.ts';

/** Names of the levels in Kibana 7. */
const LEGACY = {
  available: { state: 'green', title: 'Green', uiColor: 'success' },
  degraded: { state: 'yellow', title: 'Yellow', uiColor: 'warning' },
  unavailable: { state: 'red', title: 'Red', uiColor: 'danger' },
} as const satisfies Readonly<Record<StatusLevel, object>>;

const NICKNAMES: Readonly<Record<StatusLevel, string>> = {
  available: 'Looking good',
  degraded: 'I’ll be back',
  unavailable: 'Something is wrong',
};

/**
 * Returns the status in the format of Kibana 7 (`v7format=true`), which old health checks read.
 * @param since ISO instant of this report; the start of a service's current state is not recorded
 */
export function legacyStatusOf(
  { overall, core, plugins }: StatusReport,
  { version, since }: { readonly version: string; readonly since: string },
) {
  const one = (id: string, { level, summary }: ServiceStatus) => ({
    id: `${id}@${version}`,
    message: summary,
    since,
    icon: LEGACY[level].uiColor,
    state: LEGACY[level].state,
    uiColor: LEGACY[level].uiColor,
  });
  return {
    overall: {
      since,
      ...LEGACY[overall.level],
      icon: LEGACY[overall.level].uiColor,
      nickname: NICKNAMES[overall.level],
    },
    statuses: [
      ...Object.entries(core).map(([name, status]) => one(`core:${name}`, status)),
      ...Object.entries(plugins).map(([name, status]) => one(`plugin:${name}`, status)),
    ],
  };
}
