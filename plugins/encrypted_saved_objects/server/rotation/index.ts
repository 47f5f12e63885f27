export { KeyRotation } from './key_rotation.ts';
export {
  mapRotationError,
  type RotationServices,
  registerRotationRoutes,
} from './rotation_routes.ts';
export { ROTATION_TYPE, rotationType } from './rotation_type.ts';
