export { KeyRotation } from './key_rotation.ts';
export type { KeyUsage } from './key_usage.ts';
export type { RotationResult } from './rotate_objects.ts';
export type { RotationErrorCode } from './rotation_error.ts';
export {
  mapRotationError,
  type RotationServices,
  registerRotationRoutes,
} from './rotation_routes.ts';
export { ROTATION_TYPE, rotationType } from './rotation_type.ts';
