export { contentSchema, type FileFormat, readContent } from './file_content.ts';
