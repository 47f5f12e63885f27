export {
  defineGoogleApi,
  googlePages,
  googleScope,
  numbers,
  pageToken,
  text,
  texts,
} from './google_api.ts';
