import type { z } from 'zod';
import type { putRoleBody } from '../../common/index.ts';
import type { Role } from './role.ts';

/** Converts a role to Kibana's format. */
export function roleBody(role: Role) {
  return {
    name: role.name,
    ...(role.description === undefined ? {} : { description: role.description }),
    metadata: { ...role.metadata, ...(role.reserved ? { _reserved: true } : {}) },
    transient_metadata: { enabled: true },
    elasticsearch: { cluster: [], indices: [], run_as: [], ...role.elasticsearch },
    kibana: role.grants,
    _transform_error: [],
    _unrecognized_applications: [],
  };
}

/** Converts a body in Kibana's format to a role with this name. */
export function roleOf(name: string, body: z.output<typeof putRoleBody>): Role {
  return {
    name,
    description: body.description,
    metadata: body.metadata ?? {},
    grants: body.kibana,
    elasticsearch: body.elasticsearch ?? {},
    reserved: false,
  };
}
