export { googleDrive } from './google_drive.ts';
