export { plainText } from './atlassian_document.ts';
