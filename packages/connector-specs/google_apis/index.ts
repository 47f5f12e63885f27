export { defineGoogleApi, googlePages, pageToken, text } from './google_api.ts';
