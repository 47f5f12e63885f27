export { airtable } from './airtable.ts';
