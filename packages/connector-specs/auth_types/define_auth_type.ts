import type { AxiosInstance } from 'axios';
import type { output, ZodObject } from 'zod';
import type { AuthContext, AuthTypeSpec } from '../contract/types.ts';

/** An auth type whose `configure` sees the secrets as its schema parses them. */
export interface TypedAuthType<S extends ZodObject> extends Omit<AuthTypeSpec, 'configure'> {
  readonly schema: S;
  configure(context: AuthContext, client: AxiosInstance, secrets: output<S>): Promise<void>;
}

/** Ties `configure` to the schema of its secrets. */
export const defineAuthType = <S extends ZodObject>(authType: TypedAuthType<S>): TypedAuthType<S> =>
  Object.freeze(authType);
