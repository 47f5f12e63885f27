export { sharepointOnline } from './sharepoint_online.ts';
