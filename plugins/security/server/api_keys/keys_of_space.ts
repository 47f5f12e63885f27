import type { RoleDescriptors } from '../../common/index.ts';
import { withoutSpace } from '../privileges/index.ts';

/**
 * Descriptors of a key without one space. `undefined`: no descriptor names the space. Every
 * descriptor is kept, because a key without descriptors is not restricted.
 */
export function descriptorsWithoutSpace(
  descriptors: RoleDescriptors,
  spaceId: string,
): RoleDescriptors | undefined {
  let isNamed = false;
  const resource = `space:${spaceId}`;
  const left = Object.entries(descriptors).map(([name, descriptor]) => {
    const { kibana, applications } = descriptor;
    const rows = kibana === undefined ? undefined : withoutSpace(kibana, spaceId);
    const isInApplications = applications?.some(({ resources }) => resources.includes(resource));
    isNamed ||= rows !== undefined || isInApplications === true;
    return [
      name,
      {
        ...descriptor,
        ...(rows === undefined ? {} : { kibana: rows }),
        ...(applications === undefined
          ? {}
          : {
              applications: applications.map((application) => ({
                ...application,
                resources: application.resources.filter((one) => one !== resource),
              })),
            }),
      },
    ] as const;
  });
  return isNamed ? (Object.fromEntries(left) as RoleDescriptors) : undefined;
}
