export {
  defineGoogleApi,
  googlePages,
  googleScope,
  lenientText,
  lenientTexts,
  optionalNumbers,
  pageToken,
} from './google_api.ts';
