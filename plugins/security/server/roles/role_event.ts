import { ROLE_TYPE } from './role_type.ts';

/** Creates an audit event about one role. */
export function roleEvent(action: string, name: string) {
  return {
    action,
    message: `${action} of role [${name}]`,
    savedObject: { type: ROLE_TYPE, id: name },
  };
}
