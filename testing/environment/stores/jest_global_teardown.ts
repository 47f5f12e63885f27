import { stopElasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';

// biome-ignore lint/style/noDefaultExport: Jest calls the default export, once after the last file.
export default stopElasticsearchOfTheRun;
