export { contentSchema, type FileFormat, fileInput, readContent } from './file_content.ts';
