export { getKeyRotation, getKeyUsage, MAX_BATCH_SIZE, rotateKey } from './rotation_routes.ts';
