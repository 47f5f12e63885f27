export { oneDrive } from './one_drive.ts';
