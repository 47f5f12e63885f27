export {
  contentSchema,
  download,
  downloadSchema,
  type FileFormat,
  fileInput,
  readContent,
} from './file_content.ts';
