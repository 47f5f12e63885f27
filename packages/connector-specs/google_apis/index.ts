export { defineGoogleApi, googleAuthTypes, googlePages, pageToken, text } from './google_api.ts';
