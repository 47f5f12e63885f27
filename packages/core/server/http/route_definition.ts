import type { ZodType } from 'zod';
import type { DocumentedResponse, HttpMethod, Route } from '../../common/index.ts';

/** A route in the form used before `defineRoute`. {@link Route} documents each member. */
export interface RouteDefinition<
  P extends ZodType = ZodType,
  Q extends ZodType = ZodType,
  B extends ZodType = ZodType,
> {
  readonly method: HttpMethod;
  readonly path: string;
  readonly access: 'public' | 'internal';
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: {
    readonly authentication?: NonNullable<Route['authentication']>;
    readonly requiredPrivileges?: readonly string[];
    readonly xsrfRequired?: boolean;
  };
  readonly validate?: { readonly params?: P; readonly query?: Q; readonly body?: B };
  readonly responses?: Readonly<Record<number, DocumentedResponse>>;
  readonly options?: {
    readonly maxBodyBytes?: number;
    readonly bodyFormat?: 'json' | 'form';
    readonly isPage?: boolean;
  };
}

/** The same route as a contract. */
export function routeOf(definition: RouteDefinition): Route {
  const { security: { requiredPrivileges, ...security } = {}, ...rest } = definition;
  const { validate, options, ...contract } = rest;
  return {
    ...contract,
    ...security,
    ...(requiredPrivileges === undefined ? {} : { privileges: requiredPrivileges }),
    ...validate,
    ...options,
  };
}
