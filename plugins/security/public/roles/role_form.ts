import { z } from 'zod';
import { putRole, putRoleBody } from '../../common/index.ts';
import { findProblems, type Grant, type GrantDraft, toDrafts, toGrants } from '../grants/index.ts';

/** A role as the list shows it. */
export interface RoleView {
  readonly name: string;
  readonly description?: string | undefined;
  /** Kibana's flag for built-in roles is `_reserved`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly kibana: readonly Grant[];
  /** Absent: the role is built in. */
  readonly version?: string | undefined;
  readonly elasticsearch: {
    readonly cluster: readonly string[];
    readonly indices: readonly unknown[];
    readonly run_as: readonly string[];
  };
}

const roleName = putRole.params.shape.name;
const MAX_DESCRIPTION = 2048;

/** Values of the form. The messages of its issues are names of texts. */
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

/** Values of an existing role, or of a new one. */
export const roleValues = (role: RoleView | undefined): RoleValues => ({
  name: role?.name ?? '',
  description: role?.description ?? '',
  grants: toDrafts(role?.kibana ?? []),
});

/** Tells if a role is built in, so that it cannot be changed. */
export const isReserved = ({ metadata }: Pick<RoleView, 'metadata'>): boolean =>
  metadata['_reserved'] === true;

/** Body of the request that saves the values. What the form does not show is kept. */
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
