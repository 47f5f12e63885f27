import { z } from 'zod';
import { putRole, putRoleBody } from '../../common/index.ts';
import { findProblems, type Grant, type GrantDraft, toDrafts, toGrants } from '../grants/index.ts';

/** A role as the list shows it. */
export interface RoleView {
  readonly name: string;
  readonly description?: string | undefined;
  /** Metadata of the role. As in Kibana, the member `_reserved` marks built-in roles. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly kibana: readonly Grant[];
  /** Version of the role. Absent: the role is built in. */
  readonly version?: string | undefined;
  readonly elasticsearch: {
    readonly cluster: readonly string[];
    readonly indices: readonly unknown[];
    readonly run_as: readonly string[];
  };
}

const roleName = putRole.params.shape.name;
const MAX_DESCRIPTION = 2048;

/** Schema of the form. Messages of its issues are keys of translated texts. */
export const roleForm = z.object({
  name: z
    .string()
    .trim()
    .refine((name) => roleName.safeParse(name).success, 'name'),
  description: z.string().max(MAX_DESCRIPTION, 'description'),
  grants: z
    .custom<readonly GrantDraft[]>()
    .refine((drafts) => findProblems(drafts).size === 0, 'grants'),
});

/** Values of the form of a role. */
export type RoleValues = z.infer<typeof roleForm>;

/** Values of the form for an existing role, or for a new one (`undefined`). */
export const roleValues = (role: RoleView | undefined): RoleValues => ({
  name: role?.name ?? '',
  description: role?.description ?? '',
  grants: toDrafts(role?.kibana ?? []),
});

/** Returns `true` if a role is built in, so that it cannot be changed. */
export const isReserved = ({ metadata }: Pick<RoleView, 'metadata'>): boolean =>
  metadata['_reserved'] === true;

/** Body of the request that saves the values. Members that the form does not show are kept. */
export function roleBody(
  { description, grants }: RoleValues,
  before: RoleView | undefined,
): z.input<typeof putRoleBody> {
  const body = {
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    ...(before === undefined
      ? {}
      : {
          metadata: Object.fromEntries(
            Object.entries(before.metadata).filter(([key]) => !key.startsWith('_')),
          ),
          elasticsearch: before.elasticsearch,
        }),
    kibana: toGrants(grants),
  };
  return putRoleBody.parse(body);
}
